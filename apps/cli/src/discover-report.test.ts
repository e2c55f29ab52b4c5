import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { discover, placesOf, PRESETS, type Discovery, type Find } from '@holdfast/core';
import { expect, test } from 'vitest';
import yargs from 'yargs';
import { command } from './commands/backup.ts';
import { discoveryLines, presetLines } from './discover-report.ts';
import type { Output } from './output.ts';
import { restoreWords, shieldWords } from './words.ts';

const output = { paint: (_: unknown, text: string) => text } as Output;

/** Every preset, each found once. */
async function everything(): Promise<Discovery> {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-discover-'));
  const found: Find[] = [];
  for (const preset of PRESETS) {
    const root = join(dir.path, preset.id);
    const [place = ''] = placesOf(preset);
    const sign = preset.where.kind === 'files' ? preset.where.sign : undefined;
    const at = join(root, place.replace(/^~/, '/root').replaceAll('*', 'x'));
    for (const path of sign === undefined ? [at] : [at, join(dirname(at), sign)]) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x', { mode: 0o600 });
    }
    const blocks = async () => [{ node: '/dev/sda2', uuid: null }];
    found.push(...(await discover({ root, presets: [preset], blocks })).finds);
  }
  return { root: '/', finds: found, unseen: [], notFound: [] };
}

test('every line that is offered is one that `holdfast backup` takes', async () => {
  const { finds } = await everything();
  expect(finds.map(({ id }) => id)).toEqual(PRESETS.map(({ id }) => id));
  for (const { id, backup } of finds) {
    const [name, ...words] = backup.args;
    expect(name).toBe('backup');
    const { options, positionals } = command;
    // As lazy() tells yargs of a command.
    const parsed = await yargs(shieldWords(words))
      .command('$0 [what..]', '', (cli) =>
        cli.positional('what', positionals.what).options(options),
      )
      .parserConfiguration({
        'greedy-arrays': false,
        'dot-notation': false,
        'boolean-negation': false,
      })
      .strict()
      .exitProcess(false)
      .fail((message: string | null, cause: Error | undefined) => {
        throw cause ?? new Error(`${id}: ${message ?? ''}`);
      })
      .parseAsync();
    const args = restoreWords(parsed);
    expect(args['to'], id).toEqual(['usb']);
    expect(args['name'], id).toMatch(/^[\w.-]+$/);
    const what = (args['what'] ?? []) as string[];
    // A command or paths, never both, and never neither.
    expect(args['exec'] === undefined, id).toBe(what.length > 0);
    for (const path of what) expect(path === '-' || path.startsWith('/'), path).toBe(true);
  }
});

test('each find is told with its loss and its line, and the sum of them at the end', async () => {
  const found = await everything();
  const lines = discoveryLines(found, output);
  for (const { loss, backup, is } of found.finds) {
    for (const text of [loss, is, backup.line ?? '']) {
      expect(
        lines.some((line) => line.endsWith(text)),
        text,
      ).toBe(true);
    }
  }
  expect(lines.at(-1)).toBe(`${String(PRESETS.length)} secrets found, 0 backed up.`);
});

const find = (path: string): Find => ({
  ...{ id: 'x', system: 'X', secret: 'key', is: 'a key', loss: 'Gone.', source: 'https://x.org' },
  paths: [{ path, kind: 'file', mode: '0644', uid: 5, gid: 5, size: 7, link: null, secret: true }],
  warnings: [{ kind: 'everyone can read', path, words: 'can be read by everyone' }],
  backedUp: '2026-01-02T03:04:05.000Z',
  backup: { args: ['backup'], line: null },
});

test('nothing that a terminal obeys is printed, whatever a file or folder is called', () => {
  const hostile = '/srv/\u001b[2J\r\n\u202e/key';
  const unseen = [{ path: hostile, why: 'it is a link to \u001b[2J', presets: ['x'] }];
  const lines = discoveryLines({ root: '/', finds: [find(hostile)], unseen, notFound: [] }, output);
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(lines.filter((line) => line.includes('\uFFFD[2J'))).toHaveLength(3);
});

test('a backup is told with its time, and a name that no line can say is told', () => {
  const lines = discoveryLines(
    { root: '/', finds: [find('/k')], unseen: [], notFound: [] },
    output,
  );
  expect(lines).toContain('  backup   backed up, last on 2026-01-02T03:04:05.000Z');
  expect(lines.some((line) => line.includes('cannot be written in a line'))).toBe(true);
  expect(lines.at(-1)).toBe('1 secret found, 1 backed up.');
});

test('of many places that are hidden, the number of those not shown is told', () => {
  const unseen = Array.from({ length: 20 }, (_, number) => ({
    path: `/home/u${String(number)}`,
    why: 'there is no permission',
    presets: ['a', 'b', 'c', 'd', 'e', 'f'],
  }));
  const lines = discoveryLines({ root: '/', finds: [], unseen, notFound: [] }, output);
  expect(lines[1]).toBe('  /home/u0: there is no permission  (a, b, c, d and 2 more)');
  expect(lines).toContain('  and 8 more; --json has them all');
});

test('what was not found is listed with every place where it was looked for', () => {
  const lines = presetLines(PRESETS, placesOf).map((line) => line.trim());
  for (const preset of PRESETS) {
    for (const place of placesOf(preset)) expect(lines).toContain(place);
  }
  expect(presetLines([], placesOf)).toEqual([]);
});
