import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSoftHsm } from '@holdfast/token/testing';
import { expect, test } from 'vitest';
import { openHome, PASSWORD } from './holdfast.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Blocks in these that set up or test the workspace itself are run by `.ci/run` and `npm start`. */
const OF_THE_WORKSPACE = /^npm (?:ci|run)/;

async function blocksOf(page: string): Promise<string[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.filter((block) => !OF_THE_WORKSPACE.test(block));
}

const PIN = '271828';

/** Types the password or PIN wherever stock age asks for it on the terminal. */
function typing(line: string): string {
  if (!line.startsWith('age -d')) return line;
  const [question, answer] = line.includes('-i id.txt')
    ? ['PIN of', PIN]
    : ['passphrase', PASSWORD];
  return `expect -c 'spawn -noecho sh -c {${line}}; expect {${question}}; send {${answer}}; send \\r; expect eof; catch wait r; exit [lindex $r 3]'`;
}

test.each(['README.md', 'docs/format.md', 'docs/tokens.md'])(
  'every command shown in %s works as written, in its order',
  { timeout: 120_000 },
  async (page) => {
    await using hsm = await openSoftHsm();
    for (const label of ['backup', 'spare']) await hsm.addToken(label, PIN);
    await using home = await openHome(hsm.environment);
    await writeFile(home.path('pin'), PIN, { mode: 0o600 });
    await writeFile(home.path('alice.pw'), 'alices own gravel 4711 heron', { mode: 0o600 });
    await writeFile(home.path('gitlab-secrets.json'), '{"db_key_base": "not a real one"}\n');
    if (page === 'docs/format.md') {
      await home.sh('holdfast backup gitlab-secrets.json --to out.tar --password-file pw');
    }
    const blocks = await blocksOf(page);
    for (const block of blocks) await home.sh(block.split('\n').map(typing).join('\n'));
    await home.sh('cmp gitlab-secrets.json restored.json');
  },
);

test(
  'the first command of README.md backs a file up, verifies and restores it',
  { timeout: 60_000 },
  async () => {
    await using home = await openHome();
    const output = await home.sh(`sh ${ROOT}/tools/first-backup.sh`);
    expect(output).toContain('byte for byte');
  },
);

test('pages link only to pages that exist', async () => {
  const pages = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md'];
  const docs = (await readdir(join(ROOT, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  for (const page of [...pages, ...docs]) {
    const text = await readFile(join(ROOT, page), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      const target = join(ROOT, page, '..', link);
      await expect(readFile(target), `${page} links to ${link}`).resolves.toBeDefined();
    }
  }
});
