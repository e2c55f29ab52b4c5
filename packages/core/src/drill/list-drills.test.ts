import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withPassword } from '../testing/scene.ts';
import { listDrills, showDrill } from './list-drills.ts';
import { receiptFolder } from './receipt-folder.ts';
import { CONTENT, openDrillScene, type DrillScene } from './testing/drill-scene.ts';

async function twoDrills(scene: DrillScene): Promise<readonly [first: string, second: string]> {
  const from = await scene.backup(CONTENT);
  const first = await scene.drill(from);
  const second = await scene.drill(from, {}, withPassword('wrong'));
  return [first.receipt.id, second.receipt.id];
}

test('drills are listed with the newest first, those that failed as well', async () => {
  await using scene = await openDrillScene();
  const run = scene.run();
  expect(await listDrills({ limit: 10 }, run)).toEqual([]);
  const [first, second] = await twoDrills(scene);
  expect(await listDrills({ limit: 10 }, run)).toMatchObject([
    { id: second, outcome: 'WRONG_PASSWORD', knownBy: 'both' },
    { id: first, outcome: 'ok', knownBy: 'both', secret: 'secret.json' },
  ]);
  expect((await listDrills({ limit: 1 }, run)).map(({ id }) => id)).toEqual([second]);
  expect(await listDrills({ limit: 10, secret: 'none' }, run)).toEqual([]);
  expect(await listDrills({ limit: 10, secret: 'secret.json' }, run)).toHaveLength(2);
});

test('what only the state folder or only the catalog has is listed, and shown', async () => {
  await using scene = await openDrillScene();
  const [first, second] = await twoDrills(scene);
  const run = scene.run();
  const without = { instance: run.instance };
  expect((await listDrills({ limit: 10 }, without)).map(({ knownBy }) => knownBy)).toEqual([
    ...['folder', 'folder'],
  ]);
  expect(await showDrill(first, without)).toMatchObject({ path: expect.stringContaining(first) });

  await rm(receiptFolder(run.instance), { recursive: true });
  expect((await listDrills({ limit: 10 }, run)).map(({ id, knownBy }) => [id, knownBy])).toEqual([
    [second, 'catalog'],
    [first, 'catalog'],
  ]);
  const shown = await showDrill(first, run);
  expect(shown).toMatchObject({ path: null, principal: 'this instance', receipt: { id: first } });
});

test('a drill is found by the beginning of its id, when there is only one', async () => {
  await using scene = await openDrillScene();
  const [first] = await twoDrills(scene);
  const run = scene.run();
  expect((await showDrill(first.slice(0, 12), run)).receipt.id).toBe(first);
  const unknown = { code: 'RECEIPT_NOT_FOUND' };
  for (const id of [randomUUID(), 'x', '', '../../etc/passwd', '*']) {
    await expect(showDrill(id, run), id).rejects.toMatchObject(unknown);
  }
});

test('what was put beside the receipts is none of the drills, and one that was changed shows itself', async () => {
  await using scene = await openDrillScene();
  const [first] = await twoDrills(scene);
  const { instance } = scene.run();
  const folder = receiptFolder(instance);
  await writeFile(join(folder, 'notes.txt'), 'notes');
  await writeFile(join(folder, `20260101T000000000Z-${randomUUID()}.json`), 'no receipt');
  expect(await listDrills({ limit: 10 }, { instance })).toHaveLength(2);

  const name = (await readdir(folder)).find((each) => each.endsWith(`${first}.json`)) ?? '';
  const text = await readFile(join(folder, name), 'utf8');
  await writeFile(join(folder, name), text.replace('"outcome": "ok"', '"outcome": "NO"'));
  await expect(showDrill(first, { instance })).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
  await rm(join(folder, `${name}.sig`));
  await expect(showDrill(first, { instance })).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
});
