// Runs the benchmarks, prints their tables, and writes them to docs/performance.md.
// `npm run bench -- startup` runs one of them and writes nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeMachine } from './machine.ts';
import { renderTable, type Table } from './table.ts';

const BENCHMARKS: Record<string, () => Promise<Table[]>> = {
  startup: async () => await (await import('./startup.ts')).benchStartup(),
  bulk: async () => await (await import('./bulk.ts')).benchBulk(),
  tokens: async () => await (await import('./tokens.ts')).benchTokens(),
  media: async () => await (await import('./media.ts')).benchMedia(),
  catalog: async () => await (await import('./catalog.ts')).benchCatalog(),
  server: async () => await (await import('./server.ts')).benchServer(),
  whole: async () => await (await import('./whole.ts')).benchWhole(),
};

const wanted = process.argv.slice(2).filter((it) => it !== '--');
const unknown = wanted.find((it) => BENCHMARKS[it] === undefined);
if (unknown !== undefined) {
  throw new Error(`there is no benchmark ${unknown}, only: ${Object.keys(BENCHMARKS).join(', ')}`);
}

const tables: string[] = [];
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const table of (await bench()).map(renderTable)) {
    console.log(`\n${table}`);
    tables.push(table);
  }
}

if (wanted.length === 0) {
  const head = [
    '# Performance',
    '',
    '`npm run bench` measured this and wrote it here. Only ratios mean anything on another machine.',
    '',
    ...describeMachine().map((line) => `- ${line}`),
    `- ${new Date().toISOString().slice(0, 10)}`,
  ].join('\n');
  const path = join(import.meta.dirname, '../../docs/performance.md');
  writeFileSync(path, `${[head, ...tables].join('\n\n')}\n`);
  console.log(`\nWritten to ${path}`);
}
