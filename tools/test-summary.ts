// Adds up what vitest reported for each project, and says it in one line.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  testResults: {
    name: string;
    status: string;
    assertionResults: { status: string }[];
  }[];
}

interface Manifest {
  name: string;
  nx?: { targets?: Record<string, unknown> };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const root = join(import.meta.dirname, '..');
let passed = 0;
let failed = 0;
let skipped = 0;

for (const path of globSync(
  ['packages/*', 'apps/*', 'tools'].map((it) => `${it}/package.json`),
  {
    cwd: root,
  },
)) {
  const manifest = readJson(join(root, path)) as Manifest;
  if (manifest.nx?.targets?.['test'] === undefined) continue;
  let report: Report;
  try {
    report = readJson(join(root, 'test-results', `${manifest.name}.json`)) as Report;
  } catch {
    console.log(`${manifest.name}: its tests left no report`);
    failed += 1;
    continue;
  }
  for (const file of report.testResults) {
    const count = (...status: string[]): number =>
      file.assertionResults.filter((it) => status.includes(it.status)).length;
    passed += count('passed');
    skipped += count('skipped', 'pending', 'todo', 'disabled');
    // A file that fails outside its tests (it could not even be loaded) is a failure as well.
    failed += count('failed') || (file.status === 'failed' ? 1 : 0);
  }
}

if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
