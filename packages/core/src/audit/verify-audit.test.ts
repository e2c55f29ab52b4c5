import { DatabaseSync } from 'node:sqlite';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import type { CatalogEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { instanceAt } from '../instance/instance.ts';
import { keeping, record } from '../register/testing/kept-run.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { assertAuditSound, verifyAudit, type AuditReport } from './verify-audit.ts';

function event(version: number): CatalogEvent {
  return { action: 'secret.generate', outcome: 'ok', secret: 'sso', detail: { version } };
}

async function fillLog(scene: Scene): Promise<void> {
  for (const version of [1, 2, 3]) await record(scene, event(version));
}

async function report(scene: Scene): Promise<AuditReport> {
  const found = await keeping(scene, verifyAudit);
  if (found === null) throw new Error('there is no catalog');
  return found;
}

function attack(scene: Scene, sql: string): void {
  using database = new DatabaseSync(scene.path('state/catalog.db'));
  database.exec(sql);
}

test('where nothing was recorded there is nothing to verify, and nothing is made', async () => {
  await using scene = await openScene();
  expect(await keeping(scene, verifyAudit)).toBeNull();
  await expect(readFile(scene.path('state'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a log that nobody touched is sound, signed to its end, and has the head that is kept', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const found = await report(scene);
  expect(found).toMatchObject({ entries: 3, signedUpTo: 3, faults: [], kept: { sequence: 3 } });
  expect(() => assertAuditSound(found)).not.toThrow();
});

test('an entry that was altered is named, and is an error in the end', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  attack(scene, "update audit set secret = 'other' where sequence = 2");
  const found = await report(scene);
  expect(found.faults).toContainEqual(expect.objectContaining({ sequence: 2, kind: 'altered' }));
  expect(() => assertAuditSound(found)).toThrow(expect.objectContaining({ code: 'AUDIT_BROKEN' }));
});

test('a log whose end was cut off, heads and all, is found out by the head that is kept', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  attack(scene, 'delete from audit where sequence = 3; delete from heads where sequence = 3');
  const { faults } = await report(scene);
  expect(faults).toContainEqual(expect.objectContaining({ kind: 'cut off' }));
});

test('an older catalog in its place is found out by the head that is kept', async () => {
  await using scene = await openScene();
  await record(scene, event(1));
  const older = await readFile(scene.path('state/catalog.db'));
  await record(scene, event(2));
  await writeFile(scene.path('state/catalog.db'), older);
  for (const end of ['-wal', '-shm'])
    await rm(scene.path(`state/catalog.db${end}`), { force: true });
  const { faults } = await report(scene);
  expect(faults).toContainEqual(expect.objectContaining({ kind: 'cut off' }));
});

test('a kept head that was altered is a fault by itself', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const path = scene.path('state/audit-head.json');
  const head = JSON.parse(await readFile(path, 'utf8')) as { hash: string };
  await writeFile(path, JSON.stringify({ ...head, hash: 'f'.repeat(64) }));
  expect((await report(scene)).faults).toMatchObject([{ sequence: 3, kind: 'bad signature' }]);
  await writeFile(path, 'no head');
  expect((await report(scene)).faults).toMatchObject([{ sequence: 0, kind: 'bad signature' }]);
});

test('two instances on one catalog: each takes the other’s heads once it trusts it', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  await cp(scene.path('state'), scene.path('other'), { recursive: true });
  for (const file of ['instance-key.pem', 'instance-key.pub'])
    await rm(scene.path(`other/${file}`));
  const { signer } = await instanceAt({ folder: scene.path('other') }).signer();
  await keeping(scene, async ({ catalog }) => await catalog.recorder.record([event(4)]), {
    state: 'other',
  });
  await cp(scene.path('other/catalog.db'), scene.path('state/catalog.db'));
  const { faults, signedUpTo } = await report(scene);
  expect(faults).toMatchObject([{ sequence: 4, kind: 'unknown signer' }]);
  expect(signedUpTo).toBe(3);
  const key = await readFile(scene.path('other/instance-key.pub'), 'utf8');
  await writeFile(scene.path('state/allowed_signers'), `other namespaces="holdfast-audit" ${key}`);
  expect(await report(scene)).toMatchObject({ faults: [], signedUpTo: 4 });
  await writeFile(scene.path('state/allowed_signers'), `other namespaces="holdfast-backup" ${key}`);
  expect((await report(scene)).faults).toMatchObject([{ kind: 'unknown signer' }]);
  expect(signer.fingerprint).toMatch(/^SHA256:/);
});

test('a check that is cancelled says so', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const signal = AbortSignal.abort();
  await expect(keeping(scene, verifyAudit, { signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});
