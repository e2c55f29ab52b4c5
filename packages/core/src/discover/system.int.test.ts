import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { needRoot } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import type { Find } from './find.ts';
import { placesOf } from './preset.ts';
import { PRESETS } from './presets.ts';
import { openPlant } from './testing/plant.ts';

const run = promisify(execFile);
const FIXTURE = fileURLToPath(new URL('look.fixture.ts', import.meta.url));
const OPENS = 'trace=open,openat,openat2,creat,readlink,readlinkat';

test(
  'of all secrets that lie there, not one is opened: strace saw it',
  { timeout: 120_000 },
  async () => {
    await using plant = await openPlant();
    const places = PRESETS.flatMap(placesOf).filter((place) => place.startsWith('/'));
    // The deepest first: one place may be a folder above another.
    for (const place of places.toSorted((a, b) => b.split('/').length - a.split('/').length)) {
      const path = place.replaceAll('*', 'x');
      if (!existsSync(plant.at(path))) await plant.add(path);
    }
    await using notes = await openPlant();
    const log = notes.at('trace');
    const args = [
      '-f',
      '-s',
      '4096',
      '-e',
      OPENS,
      '-o',
      log,
      process.execPath,
      FIXTURE,
      plant.root,
    ];
    const { stdout } = await run('strace', args);
    const finds = JSON.parse(stdout) as Find[];
    expect(finds.length).toBeGreaterThan(60);

    const calls = (await readFile(log, 'utf8')).split('\n').filter((it) => it.includes(plant.root));
    const opened = calls.filter((call) => /\b(?:open|openat|openat2|creat)\(/.test(call));
    // Folders are listed, so that a watch that sees nothing cannot pass.
    expect(opened.length).toBeGreaterThan(10);
    expect(opened.filter((call) => !call.includes('O_DIRECTORY'))).toEqual([]);
  },
);

test('what somebody else has to back up is told, and that is no reason to try', async () => {
  needRoot();
  await using plant = await openPlant();
  const path = await plant.add('etc/tower/SECRET_KEY', { mode: 0o000 });
  // Root, but without the power to read everything.
  const caps = ['--bounding-set', '-dac_override,-dac_read_search'];
  const { stdout } = await run('setpriv', [...caps, process.execPath, FIXTURE, plant.root]);
  const [find] = JSON.parse(stdout) as Find[];
  expect(find?.warnings).toMatchObject([{ kind: 'not for you', path }]);
});
