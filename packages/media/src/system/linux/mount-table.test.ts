import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseMounts, readMounts } from './mount-table.ts';

const LINES = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '40 22 8:17 / /media/alice/MY\\040STICK rw,nosuid,nodev shared:3 master:4 - vfat /dev/sdb1 rw',
  '41 22 8:33 / /mnt/tab\\011line\\012back\\134slash ro - exfat /dev/sdc1 rw',
  '42 22 8:49 / /mnt/fs-ro rw - vfat /dev/sdd1 ro,flush',
  '43 22 0:39 /@ /mnt/btrfs rw - btrfs /dev/sde1 rw,subvol=/@',
  '44 22 0:40 / /mnt/größe rw - tmpfs none rw',
];

test('a line is read with its numbers, its options and its names as they are', () => {
  expect(parseMounts(LINES.join('\n'))).toEqual([
    { number: '8:1', path: '/', source: '/dev/sda1', driver: 'ext4', readOnly: false },
    {
      ...{ number: '8:17', path: '/media/alice/MY STICK', source: '/dev/sdb1', driver: 'vfat' },
      readOnly: false,
    },
    {
      ...{ number: '8:33', path: '/mnt/tab\tline\nback\\slash', source: '/dev/sdc1' },
      ...{ driver: 'exfat', readOnly: true },
    },
    { number: '8:49', path: '/mnt/fs-ro', source: '/dev/sdd1', driver: 'vfat', readOnly: true },
    { number: '0:39', path: '/mnt/btrfs', source: '/dev/sde1', driver: 'btrfs', readOnly: false },
    { number: '0:40', path: '/mnt/größe', source: 'none', driver: 'tmpfs', readOnly: false },
  ]);
});

test('a backslash that was in a name does not begin another escape', () => {
  const [line] = parseMounts('1 1 8:1 / /mnt/\\134040 rw - ext4 /dev/sda1 rw');
  expect(line?.path).toBe('/mnt/\\040');
});

test('a volume is mounted where its number or its node says so', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-proc-'));
  await mkdir(join(dir.path, 'self'));
  await writeFile(join(dir.path, 'self/mountinfo'), `${LINES.join('\n')}\n`);
  const mounts = await readMounts(dir.path);
  const paths = (number: string, node: string) => mounts.of(number, node).map(({ path }) => path);
  expect(paths('8:17', '/dev/disk/by-label/x')).toEqual(['/media/alice/MY STICK']);
  expect(paths('8:65', '/dev/sde1')).toEqual(['/mnt/btrfs']);
  expect(paths('8:18', '/dev/sdb2')).toEqual([]);
});

test('any path that the kernel escapes is read back', () => {
  const escaped = (text: string): string =>
    text.replace(/[ \t\n\\]/g, (it) => `\\${it.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const path = fc.string({ unit: 'grapheme' }).filter((it) => !it.includes('\0'));
  fc.assert(
    fc.property(path, (name) => {
      const [line] = parseMounts(`1 1 8:1 / /${escaped(name)} rw - ext4 /dev/sda1 rw`);
      expect(line?.path).toBe(`/${name}`);
    }),
  );
});

test('any text is read without complaint', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9: \-\\/a\n]*$/)), (text) => {
      expect(Array.isArray(parseMounts(text))).toBe(true);
    }),
  );
});

test('what this machine has mounted is read, the root among it', async () => {
  const { all } = await readMounts('/proc');
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trimEnd().split('\n');
  expect(all.map(({ path }) => path)).toContain('/');
  expect(all.length).toBeGreaterThanOrEqual(lines.length - 5);
});
