import { expect, test, vi } from 'vitest';
import { discover } from './discover.ts';
import { luksVolumes, parseLuks } from './luks.ts';
import { PRESETS } from './presets.ts';
import type { Blind } from './rooted.ts';
import { openPlant } from './testing/plant.ts';

const told = (...blockdevices: object[]): string => JSON.stringify({ blockdevices });

test('what is encrypted with LUKS is found by its type, once', () => {
  const volume = { path: '/dev/sda2', fstype: 'crypto_LUKS', uuid: 'f00' };
  const json = told({ path: '/dev/sda', fstype: null, uuid: null }, ...[volume, volume], {
    path: '/dev/mapper/root',
    fstype: 'ext4',
    uuid: 'x',
  });
  expect(parseLuks(json)).toEqual({ volumes: [{ node: '/dev/sda2', uuid: 'f00' }], known: true });
});

test.each(['', '[]', '{}', '{"blockdevices":[{"path":1}]}'])(
  'what is no answer of lsblk is refused: %j',
  (json) => {
    expect(() => parseLuks(json)).toThrow();
  },
);

test.each([
  ['there is none', ''],
  ['it fails', '#!/bin/sh\nexit 3\n'],
  [
    'it knows of nothing on any device',
    `#!/bin/sh\necho '${told({ path: '/dev/sda', fstype: null, uuid: null })}'\n`,
  ],
  ['it talks nonsense', '#!/bin/sh\necho nonsense\n'],
])('lsblk is not trusted to work: when %s, that is told', async (_, script) => {
  await using plant = await openPlant();
  if (script !== '') await plant.add('bin/lsblk', { mode: 0o755, content: script });
  await plant.add('bin/');
  vi.stubEnv('PATH', plant.at('bin'));
  const blinds: Blind[] = [];
  const volumes = await luksVolumes((it) => blinds.push(it));
  expect(volumes).toEqual([]);
  expect(blinds).toMatchObject([{ path: '/dev' }]);
});

test('a LUKS volume is found on this machine, where lsblk tells of one', async () => {
  await using plant = await openPlant();
  const json = told({ path: '/dev/null', fstype: 'crypto_LUKS', uuid: 'f00' });
  await plant.add('bin/lsblk', { mode: 0o755, content: `#!/bin/sh\necho '${json}'\n` });
  vi.stubEnv('PATH', plant.at('bin'));
  const presets = PRESETS.filter(({ id }) => id === 'luks');
  const { finds, unseen } = await discover({ presets });
  expect(unseen).toEqual([]);
  expect(finds).toMatchObject([
    { id: 'luks', warnings: [], paths: [{ path: '/dev/null', secret: false }] },
  ]);
  expect(finds[0]?.backup.line).toContain('cryptsetup luksHeaderBackup /dev/null ');
});
