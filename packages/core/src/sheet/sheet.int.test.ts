import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene } from '../testing/scene.ts';
import { verify } from '../verify.ts';
import { sheetDocument } from './contents.ts';
import { sheetHtml } from './html.ts';
import { sheet } from './sheet.ts';
import { chromium, commandsOn, pagesOf, print, scan } from './testing/paper.ts';
import { sampleFacts } from './testing/sample-facts.ts';

const run = promisify(execFile);

/** The sheet of a real backup, codes included. */
async function sheetOf(scene: Scene, from: string): Promise<string> {
  const { sheet: html } = await sheet(
    { from, format: 'html', to: null, replace: false, codes: true },
    scene.run(),
  );
  if (html === null) throw new Error('no file was asked for');
  return html;
}

describe.each(['Letter', 'A4'] as const)('on %s', (paper) => {
  test(
    'a backup comes back from its printed codes, byte for byte',
    { timeout: 120_000 },
    async () => {
      await using scene = await openScene();
      const from = await scene.backup('{"db_key_base": "0123456789"}\n', { hint: 'the usual' });
      const html = await sheetOf(scene, from);
      const pdf = await print(scene.folder, html, paper);
      const pages = await pagesOf(pdf);
      const first = pages.findIndex((page) => page.includes('The backup itself')) + 1;
      expect(first).toBe(3);
      const desk = scene.path('desk');
      await mkdir(desk);
      await scan(pdf, first, desk);
      const typed = commandsOn(html);
      const commands = typed.slice(typed.findIndex((line) => line.startsWith('zbarimg')));
      expect(commands).toHaveLength(4);
      const outputs: string[] = [];
      for (const command of commands) {
        outputs.push((await run('sh', ['-c', command], { cwd: desk })).stdout);
      }
      const sum = outputs.at(-1) ?? '';
      const [digest = '', name = ''] = sum.trim().split(/ +/);
      expect(html).toContain(digest);
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      const back = join(desk, name);
      expect(await readFile(back)).toEqual(await readFile(from));
      expect(await verify({ from: back, withFactors: true }, scene.run())).toMatchObject({
        checked: 'everything',
        opened: [1],
      });
    },
  );

  test('each page has its number, and nothing is cut off', { timeout: 60_000 }, async () => {
    await using scene = await openScene();
    const html = await sheetOf(scene, await scene.backup('s'));
    const pages = await pagesOf(await print(scene.folder, html, paper));
    for (const [place, page] of pages.entries()) {
      expect(page).toContain(`page ${String(place + 1)} of ${String(pages.length)}`);
      expect(page).toMatch(/generation 1, printed \d{4}-/);
    }
    // What belongs together was made to fit: what it is, how to restore it, and the codes.
    expect(pages).toHaveLength(3);
    expect(pages[0]).toContain('Who can help to open it');
    expect(pages[1]).toContain('Put away by');
    // A line that the browser broke would leave it open whether a space belongs there.
    const lines = new Set(
      pages
        .join('')
        .split('\n')
        .map((line) => line.replaceAll(/\s/g, '')),
    );
    for (const line of commandsOn(html).flatMap((command) => command.split('\n'))) {
      expect(lines).toContain(`${line.replaceAll(/\s/g, '')}↵`);
    }
  });
});

test('codes that are spoilt in places are still read', { timeout: 120_000 }, async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const html = await sheetOf(scene, from);
  // A blot on each code, as large as a coffee drop.
  const spoilt = html.replaceAll(
    /(<svg viewBox="0 0 (\d+) \d+".*?)<\/svg>/g,
    (_, code: string, size: string) =>
      `${code}<circle cx="${String(Number(size) * 0.4)}" cy="${String(Number(size) * 0.55)}" r="${String(Number(size) * 0.07)}"/></svg>`,
  );
  expect(spoilt).toContain('<circle');
  const desk = scene.path('desk');
  await mkdir(desk);
  await scan(await print(scene.folder, spoilt), 3, desk);
  const commands = commandsOn(html).slice(-4, -1);
  await run('sh', ['-euc', commands.join('\n')], { cwd: desk });
  const [name = ''] = /holdfast-[0-9a-f]{8}\.tar/.exec(commands.at(-1) ?? '') ?? [];
  expect(await readFile(`${desk}/${name}`)).toEqual(await readFile(from));
});

describe('in a browser', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-browser-'));
    return async () => {
      await rm(folder, { recursive: true, force: true });
    };
  });

  const dom = async (html: string): Promise<string> => {
    const page = join(folder, 'page.html');
    await writeFile(page, html);
    return await chromium(folder, '--dump-dom', `file://${page}`);
  };

  test('a hostile name is text and nothing else', { timeout: 60_000 }, async () => {
    const secret = '</h1><script>document.title = "owned"</script><img src=x onerror=alert(1)>';
    const found = await dom(sheetHtml(sheetDocument(sampleFacts({ secret }))));
    expect(found).toContain('&lt;script&gt;document.title');
    expect(found).not.toMatch(/<script|<img/);
    expect(found).not.toContain('<title>owned');
  });

  test('even a script that were on the page would not run', { timeout: 60_000 }, async () => {
    const html = sheetHtml(sheetDocument(sampleFacts()));
    const script = '<script>document.title = "owned"</script></body>';
    expect(await dom(html.replace('</body>', script))).not.toContain('<title>owned');
    const without = html.replace(/<meta http-equiv.*\n/, '').replace('</body>', script);
    expect(await dom(without)).toContain('<title>owned');
  });
});
