import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';
import { openTypist } from './testing/terminal.ts';

// Whoever has nothing but a sheet, a copy and the password follows it to the letter.

const PASSWORD = 'correct horse battery staple';
const FILES = [
  ['gitlab-secrets.json', '{"db_key_base": "0123456789"}\n'],
  ['conf/a.key', 'a\n'],
  ['conf/b.key', 'b\n'],
  ['pw', PASSWORD],
] as const;

const run = promisify(execFile);

async function holdfast({ folder, env }: Sandbox, ...args: string[]): Promise<string> {
  return (await run('holdfast', args, { cwd: folder, env: { ...env } })).stdout;
}

/** What a person would type, line by line, as it stands. */
const commandsOn = {
  text: (sheet: string): string[] => sheet.match(/^ {4}[a-z](?:.*\\\n)*.*$/gm) ?? [],
  html: (sheet: string): string[] =>
    [...sheet.matchAll(/<code>(.*?)<\/code>/g)]
      .map(([, text = '']) => text)
      .join('\n')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .split(/(?<!\\)\n/),
};

/** Types all of it at a shell, and the password where it is asked for; resolves to what appeared. */
async function follow(commands: readonly string[], sandbox: Sandbox): Promise<string> {
  using typist = openTypist("PS1='READY> ' sh -i", sandbox);
  await typist.sees('READY> ');
  for (const command of [...commands, 'exit']) {
    typist.types(command.trim());
    typist.presses('Enter');
    if (command === 'exit') break;
    const question = command.includes('holdfast restore')
      ? 'Password'
      : command.includes('age -d')
        ? 'passphrase'
        : null;
    if (question !== null) {
      await typist.sees(question);
      // What is typed before the terminal stops echoing is thrown away.
      await new Promise((resolve) => setTimeout(resolve, 500));
      typist.types(PASSWORD);
      typist.presses('Enter');
    }
    await typist.sees('READY> ');
  }
  await typist.ended();
  return typist.screen;
}

describe.each(['text', 'html'] as const)('as %s', (format) => {
  test(
    'typed as they stand, the commands of a sheet restore a file with Holdfast and without',
    { timeout: 120_000 },
    async () => {
      await using sandbox = await openSandbox(FILES);
      const about = ['--password-file', 'pw', '--hint', 'the usual', '--quiet'];
      await holdfast(sandbox, 'backup', './gitlab-secrets.json', '--to', 'out.tar', ...about);
      const sheet = await holdfast(sandbox, 'sheet', 'out.tar', '--format', format);
      const commands = commandsOn[format](sheet);
      expect(commands).toHaveLength(8);
      const [, name = ''] = /verify (holdfast-[0-9a-f]{8}\.tar)/.exec(commands[0] ?? '') ?? [];
      const desk = join(sandbox.folder, 'desk');
      await mkdir(desk);
      await run('cp', [join(sandbox.folder, 'out.tar'), join(desk, name)]);
      const screen = await follow(commands, { ...sandbox, folder: desk });
      const secret = FILES[0][1];
      expect(await readFile(join(desk, 'gitlab-secrets.json'), 'utf8')).toBe(secret);
      const restored = join(desk, name.replace('.tar', ''), 'gitlab-secrets.json');
      expect(await readFile(restored, 'utf8')).toBe(secret);
      expect((await stat(restored)).mode & 0o777).toBe(0o600);
      const [fingerprint = ''] = /SHA256:[A-Za-z0-9+/]{43}/.exec(sheet) ?? [];
      expect(screen).toMatch(/Good "holdfast-backup" signature/);
      expect(screen.split(fingerprint).length).toBeGreaterThan(2);
    },
  );
});

test('typed as they stand, they restore several files as well', { timeout: 120_000 }, async () => {
  await using sandbox = await openSandbox(FILES);
  await holdfast(sandbox, 'backup', 'conf', '--to', 'out.tar', '--password-file', 'pw', '-q');
  const commands = commandsOn.text(await holdfast(sandbox, 'sheet', 'out.tar'));
  const [, name = ''] = /verify (holdfast-[0-9a-f]{8}\.tar)/.exec(commands[0] ?? '') ?? [];
  const desk = join(sandbox.folder, 'desk');
  await mkdir(desk);
  await run('cp', [join(sandbox.folder, 'out.tar'), join(desk, name)]);
  await follow(commands, { ...sandbox, folder: desk });
  const found = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .toSorted();
  expect(await found(join(desk, 'restored'))).toEqual(['a.key', 'b.key']);
  const unpacked = join(desk, name.replace('.tar', ''), 'restored');
  expect(await found(unpacked)).toEqual(['a.key', 'b.key']);
});
