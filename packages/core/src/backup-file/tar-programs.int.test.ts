import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { backupWriter } from './writer.ts';
import { readBytes, sampleBackup, samplePayload } from './testing/sample-backup.ts';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'holdfast-tars-'));
const archive = join(folder, 'backup.tar');
const payload = Buffer.concat([samplePayload, Buffer.alloc(100_000, 7)]);
const sample = await sampleBackup({ payload });
await writeFile(archive, sample);

const NAMES = [
  'README.txt',
  'secret.age',
  'envelopes/1.age',
  'envelopes/4.age',
  'backup.json',
  'backup.json.sig',
];

const PYTHON_LIST = `
import sys, tarfile
for m in tarfile.open(sys.argv[1]): print(m.name, m.size, m.mtime, oct(m.mode), m.isreg())
`;
const PYTHON_EXTRACT = 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])';

const PROGRAMS: [string, string[], string[]][] = [
  ['tar', ['tf'], ['xf', archive, '-C']],
  ['bsdtar', ['tf'], ['xf', archive, '-C']],
  ['busybox', ['tar', 'tf'], ['tar', 'xf', archive, '-C']],
];

test.each(PROGRAMS)('%s lists and extracts a backup', async (program, list, extract) => {
  const { stdout, stderr } = await run(program, [...list, archive]);
  expect(stdout.trim().split('\n')).toEqual(NAMES);
  expect(stderr).toBe('');
  const target = join(folder, program);
  await mkdir(target);
  await run(program, [...extract, target]);
  await expectExtracted(target);
});

test('python lists and extracts a backup', async () => {
  const { stdout } = await run('python3', ['-c', PYTHON_LIST, archive]);
  const time = String(Date.parse('2026-11-22T20:24:07Z') / 1000);
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(NAMES);
  expect(lines[1]).toBe(`secret.age ${String(payload.length)} ${time} 0o600 True`);
  const target = join(folder, 'python');
  await mkdir(target);
  await run('python3', ['-c', PYTHON_EXTRACT, archive, target]);
  await expectExtracted(target);
});

test('every tar reads the size of a payload beyond 8 GiB, and what comes behind it', async () => {
  const path = join(folder, 'large.tar');
  const size = 9 * 2 ** 30 + 5;
  {
    await using handle = await open(path, 'wx+');
    const writer = backupWriter(handle.fd, new Date('2026-11-22T20:24:07Z'));
    await writer.writePart('README.txt', Buffer.from('x'));
    writer.beginPayload();
    await writer.endPayload(size);
    await writer.writePart('envelopes/1.age', Buffer.from('the first envelope'));
    await writer.writePart('backup.json', Buffer.from('{}'));
    await writer.finish();
  }
  const lists = [
    ['tar', 'tvf', path],
    ['bsdtar', 'tvf', path],
    ['busybox', 'tar', 'tvf', path],
    ['python3', '-c', PYTHON_LIST, path],
  ];
  for (const [program = '', ...args] of lists) {
    const { stdout } = await run(program, args);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`\\b${String(size)}\\b`));
    expect(lines[2]).toContain('envelopes/1.age');
    expect(lines[3]).toContain('backup.json');
  }
  await writeFile(path, '');
});

async function expectExtracted(target: string): Promise<void> {
  const backup = await readBytes(sample);
  const content = async (name: string): Promise<Buffer> => await readFile(join(target, name));
  expect(await content('README.txt')).toEqual(Buffer.from(backup.readme));
  expect(await content('secret.age')).toEqual(payload);
  expect(await content('backup.json')).toEqual(Buffer.from(backup.manifestBytes));
  expect(await content('backup.json.sig')).toEqual(Buffer.from(backup.signature ?? []));
  for (const [path, bytes] of backup.envelopes)
    expect(await content(path)).toEqual(Buffer.from(bytes));
}
