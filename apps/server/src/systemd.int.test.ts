import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const UNITS = join(import.meta.dirname, '../systemd');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-units-'));
  await cp(UNITS, folder, { recursive: true });
  // The program is not installed where tests run.
  const path = join(folder, 'holdfast-server.service');
  const unit = await readFile(path, 'utf8');
  await writeFile(path, unit.replace('/usr/bin/holdfast-server --config', '/bin/echo'));
});

test('systemd takes the unit and the socket as they are', async () => {
  const units = ['holdfast-server.service', 'holdfast-server.socket'];
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', ...units], {
    cwd: folder,
  });
  expect(stderr).toBe('');
});

test('the exposure of the unit is what the documentation says', async () => {
  const security = ['security', '--offline=true', 'holdfast-server.service'];
  const { stdout } = await run('systemd-analyze', security, { cwd: folder });
  const [, score = ''] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
  const docs = await readFile(join(import.meta.dirname, '../../../docs/server.md'), 'utf8');
  expect(docs).toContain(`rates its exposure ${score} `);
});
