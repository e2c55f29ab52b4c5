import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LabCase, Outcome } from './case.ts';

const PAGE = join(import.meta.dirname, '../../docs/reliability.md');

/** Writes down what came of all cases, none of which failed. */
export async function writeReport(
  outcomes: readonly (readonly [LabCase, Outcome])[],
): Promise<void> {
  const tried = outcomes.reduce((sum, [, outcome]) => sum + outcome.tried, 0);
  const rows = outcomes.map(([{ name, rule }, { seen }]) =>
    [`\`${name}\``, rule, seen].map((cell) => cell.replaceAll('|', '\\|')).join(' | '),
  );
  const text = [
    '# Reliability',
    '',
    '`npm run lab` tried this and wrote it here: a small Linux in a virtual machine, with virtual USB sticks and real',
    'kernel drivers. A case that fails writes nothing.',
    '',
    `- ${new Date().toISOString().slice(0, 10)}`,
    `- cases: ${outcomes.length}`,
    `- moments at which something was made to go wrong: ${tried}`,
    '- backups lost: 0',
    '',
    '| case | what must hold | what was seen |',
    '| ---- | -------------- | ------------- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    await ofTheService(),
  ].join('\n');
  const { format } = await import('prettier');
  await writeFile(PAGE, await format(text, { parser: 'markdown', printWidth: 120 }));
  console.log(`Written to ${PAGE}`);
}

/** What the page says of the HTTP service is not the lab's, and stays. */
async function ofTheService(): Promise<string> {
  const page = await readFile(PAGE, 'utf8');
  const at = page.indexOf('\n# The HTTP service');
  return at < 0 ? '' : page.slice(at + 1);
}
