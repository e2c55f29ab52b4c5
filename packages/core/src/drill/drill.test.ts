import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { changeEnvelopes } from '../change-envelopes.ts';
import { sourceFromFile, sourceFromFiles } from '../sources/index.ts';
import { storeOf } from '../store/index.ts';
import { openScene, PASSWORD, withIdentities, withPassword } from '../testing/scene.ts';
import { assertDrilled, drill } from './drill.ts';
import { parseReceipt } from './parse-receipt.ts';
import { receiptFolder } from './receipt-folder.ts';
import { CONTENT, openDrillScene, type DrillScene } from './testing/drill-scene.ts';
import { checkReceipt } from './verify-receipt.ts';

const MINUTE = 60_000;

/** Everything that the state folder holds, as one text. */
async function stateOf(scene: DrillScene): Promise<string> {
  const folder = scene.path('state');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const all = files.map(async (it) => await readFile(join(it.parentPath, it.name), 'latin1'));
  return (await Promise.all(all)).join('\n');
}

/** Turns one bit of the payload over. */
async function spoil(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf('age-encryption.org/v1') + 400;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

test('a drill opens a copy, decrypts it to nowhere, and leaves a signed receipt', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const report = await scene.drill(from);
  expect(report).toMatchObject({ failure: null, written: null, where: from });
  const { receipt, kept } = report;
  expect(receipt).toMatchObject({
    outcome: 'ok',
    copy: { file: 'out.tar', place: { kind: 'folder', path: scene.folder } },
    envelopes: [{ index: 1, factors: 'password', opened: true }],
    sameAsLive: null,
    check: null,
  });
  expect(receipt.copy.backup).toMatchObject({
    secret: 'secret.json',
    generation: 1,
    trusted: true,
  });
  const bytes = await readFile(kept);
  expect(await parseReceipt(bytes)).toEqual(receipt);
  const signature = await readFile(`${kept}.sig`);
  const { principal } = await checkReceipt({ bytes, signature }, scene.run().instance);
  expect(principal).toBe('this instance');
  for (const path of [kept, `${kept}.sig`]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(kept, '..'))).mode & 0o777).toBe(0o700);
});

test('it is in the catalog, and counts for its copy as a check of everything', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const { receipt, kept } = await scene.drill(from);
  const catalog = await scene.catalog.open();
  const { rows } = await catalog.drills();
  expect(rows).toMatchObject([
    { id: receipt.id, outcome: 'ok', secret: 'secret.json', envelope: 1, sameAsLive: null },
  ]);
  expect(rows[0]?.receipt).toBe(await readFile(kept, 'utf8'));
  expect(rows[0]?.signature).toBe(await readFile(`${kept}.sig`, 'utf8'));
  const [copy] = (await catalog.copies()).rows;
  expect(rows[0]?.copy).toBe(copy?.id);
  expect(copy).toMatchObject({ drillOutcome: 'ok', verifyOutcome: 'ok' });
  expect(copy?.drilledAt).not.toBe(null);
});

test('nothing of the secret is in a receipt, the catalog or the state folder', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const live = { kind: 'known' } as const;
  const check = { command: 'cat', timeout: MINUTE };
  const { receipt } = await scene.drill(from, { live, check });
  expect(receipt).toMatchObject({ outcome: 'ok', sameAsLive: true });
  const all = (await stateOf(scene)) + JSON.stringify(await scene.entries());
  const digest = createHash('sha256').update(CONTENT).digest();
  const twice = createHash('sha256').update(digest).digest('hex');
  for (const word of [CONTENT, PASSWORD, digest.toString('hex'), twice]) {
    expect(all.includes(word), word).toBe(false);
  }
  const [secret] = await (await scene.catalog.open()).secrets();
  expect(JSON.stringify(receipt)).not.toContain(secret?.observedMark);
});

test('the copy that nobody here knew is known after a drill', async () => {
  await using other = await openScene();
  const from = await other.backup(CONTENT);
  await using scene = await openDrillScene();
  const { receipt } = await scene.drill(from);
  expect(receipt.copy.backup).toMatchObject({ trusted: false });
  expect(receipt.notShown.some((words) => words.includes('trusts its signer'))).toBe(true);
  const { rows } = await (await scene.catalog.open()).copies();
  expect(rows).toMatchObject([{ file: 'out.tar', drillOutcome: 'ok' }]);
  const strict = await scene.drill(from, { requireSigned: true });
  expect(strict).toMatchObject({ failure: { code: 'SIGNER_NOT_TRUSTED' } });
  expect(strict.receipt).toMatchObject({
    envelopes: [{ opened: false }],
    outcome: 'SIGNER_NOT_TRUSTED',
  });
});

test('the live secret is the same, or it is not: by the file, the store, a folder', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const live = { kind: 'known' } as const;
  expect((await scene.drill(from, { live })).receipt.sameAsLive).toBe(true);
  await utimes(scene.path('secret.json'), 1, 1);
  expect((await scene.drill(from, { live })).receipt.sameAsLive).toBe(true);
  await writeFile(scene.path('secret.json'), 'rotated');
  const differs = await scene.drill(from, { live });
  expect(differs).toMatchObject({
    failure: { code: 'LIVE_SECRET_DIFFERS' },
    receipt: { sameAsLive: false, outcome: 'LIVE_SECRET_DIFFERS', envelopes: [{ opened: true }] },
  });
  expect(() => {
    assertDrilled(differs);
  }).toThrow(expect.objectContaining({ code: 'LIVE_SECRET_DIFFERS' }));
  expect((await scene.told()).slice(-4)).toEqual([
    ...[
      'copy.verify ok',
      'drill LIVE_SECRET_DIFFERS',
      'secret.observe ok',
      'job.end LIVE_SECRET_DIFFERS',
    ],
  ]);

  const given = { kind: 'given', source: sourceFromFile(await scene.file('x', CONTENT)) } as const;
  expect((await scene.drill(from, { live: given })).receipt.sameAsLive).toBe(true);
  // Whatever was named says nothing of the live secret that is known under this name.
  expect((await scene.told()).at(-2)).toBe('drill ok');
  const folder = { kind: 'given', source: sourceFromFiles([scene.folder]) } as const;
  expect(await scene.drill(from, { live: folder })).toMatchObject({
    failure: { code: 'LIVE_SECRET_DIFFERS' },
  });
});

test('of several files, one that was only touched is the same, and any other is not', async () => {
  await using scene = await openDrillScene();
  await mkdir(scene.path('conf'));
  await writeFile(scene.path('conf/a'), 'one');
  await writeFile(scene.path('conf/b'), Buffer.alloc(200_000, 'two'));
  const source = sourceFromFiles([scene.path('conf')]);
  const from = await scene.backup('', { source });
  const live = { kind: 'known' } as const;
  await utimes(scene.path('conf/a'), 1, 1);
  const same = await scene.drill(from, { live });
  expect(same).toMatchObject({ failure: null, receipt: { sameAsLive: true } });
  await writeFile(scene.path('conf/b'), 'two');
  expect((await scene.drill(from, { live })).receipt.sameAsLive).toBe(false);
});

test('a secret of the store is found there, and one that nobody knows is asked for by its place', async () => {
  await using scene = await openDrillScene();
  const store = storeOf(scene.run().instance, scene.run());
  await store.generate('sso');
  const from = await scene.backup('', { source: store.source('sso') });
  const live = { kind: 'known' } as const;
  expect((await scene.drill(from, { live })).receipt.sameAsLive).toBe(true);
  await store.rotate('sso');
  expect((await scene.drill(from, { live })).receipt.sameAsLive).toBe(false);

  await using other = await openScene();
  const foreign = await other.backup(CONTENT);
  const nobody = scene.drill(foreign, { live });
  await expect(nobody).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  const path = await scene.file('there', CONTENT);
  const source = { kind: 'file', what: [path] } as const;
  const secrets = { 'secret.json': { source, policy: null } };
  expect((await scene.drill(foreign, { live, secrets })).receipt.sameAsLive).toBe(true);
});

test('a live secret that cannot be read fails the drill, after the rest was shown', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  await rm(scene.path('secret.json'));
  const check = { command: 'exec cat > "$OUT"', timeout: MINUTE };
  const out = scene.path('checked');
  const withOut = { ...check, command: `OUT='${out}'; ${check.command}` };
  const report = await scene.drill(from, { live: { kind: 'known' }, check: withOut });
  expect(report).toMatchObject({
    failure: { code: 'SOURCE_NOT_FOUND' },
    receipt: { sameAsLive: null, check: { exit: 0 }, envelopes: [{ opened: true }] },
  });
  expect(await readFile(out, 'utf8')).toBe(CONTENT);
  expect((await scene.told()).slice(-2)[0]).toBe('secret.observe SOURCE_NOT_FOUND');
});

test('a check command has the very bytes, and its verdict is the outcome', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const expected = await scene.file('expected', CONTENT);
  const good = { command: `cmp - '${expected}'`, timeout: MINUTE };
  expect(await scene.drill(from, { check: good })).toMatchObject({ failure: null });
  const bad = { command: 'cat; echo no >&1; exit 7', timeout: MINUTE };
  const failed = await scene.drill(from, { check: bad });
  expect(failed).toMatchObject({
    failure: { code: 'CHECK_FAILED' },
    receipt: { check: { exit: 7, timedOut: false }, outcome: 'CHECK_FAILED' },
  });
  const slow = { command: 'exec sleep 60', timeout: 200 };
  expect(await scene.drill(from, { check: slow })).toMatchObject({
    failure: { code: 'CHECK_TIMED_OUT' },
    receipt: { check: { exit: null, timedOut: true } },
  });
  expect(JSON.stringify(failed.receipt)).not.toContain('echo no');
  const { rows } = await (await scene.catalog.open()).drills();
  expect(rows.map(({ checkPassed }) => checkPassed).toSorted()).toEqual([false, false, true]);
});

test('a damaged copy fails, leaves a receipt, and no check command sees any of it', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(Buffer.alloc(300_000, CONTENT));
  await spoil(from);
  const seen = scene.path('seen');
  const check = { command: `cat > '${seen}'`, timeout: MINUTE };
  const report = await scene.drill(from, { check });
  expect(report).toMatchObject({
    failure: { code: 'BACKUP_DAMAGED' },
    receipt: { outcome: 'BACKUP_DAMAGED', check: null, envelopes: [{ opened: true }] },
  });
  await expect(stat(seen)).rejects.toMatchObject({ code: 'ENOENT' });
  const [copy] = (await (await scene.catalog.open()).copies()).rows;
  expect(copy).toMatchObject({ drillOutcome: 'BACKUP_DAMAGED', drilledAt: null });
});

test('a copy that is gone, or is no backup any more, leaves a receipt where it is known', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  await writeFile(from, 'not a backup');
  expect(await scene.drill(from)).toMatchObject({
    failure: { code: 'NOT_A_BACKUP' },
    receipt: { copy: { file: 'out.tar', backup: null }, envelopes: [], shown: [] },
  });
  await rm(from);
  expect(await scene.drill(from)).toMatchObject({ failure: { code: 'BACKUP_NOT_FOUND' } });
  const [copy] = (await (await scene.catalog.open()).copies()).rows;
  expect(copy).toMatchObject({ drillOutcome: 'BACKUP_NOT_FOUND' });
  const { rows } = await (await scene.catalog.open()).drills({ secret: 'secret.json' });
  expect(rows).toHaveLength(2);
});

test('a name that was mistyped is no drill', async () => {
  await using scene = await openDrillScene();
  await scene.backup(CONTENT);
  const gone = scene.drill(scene.path('out.tsr'));
  await expect(gone).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  const other = scene.drill(await scene.file('notes', 'notes'));
  await expect(other).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  expect((await (await scene.catalog.open()).drills()).rows).toEqual([]);
  await expect(stat(receiptFolder(scene.run().instance))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a wrong password fails the drill, and says so of its envelope', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const which = { kind: 'one', index: 1 } as const;
  const report = await scene.drill(from, { which }, withPassword('wrong'));
  expect(report).toMatchObject({
    failure: { code: 'WRONG_PASSWORD' },
    receipt: { envelopes: [{ opened: false, why: expect.stringMatching(/password/) }] },
  });
});

async function withTwoEnvelopes(scene: DrillScene) {
  const identity = generateIdentity();
  const recipient = String(identity.recipient());
  const envelopes = ['password', `recipient(${recipient})`];
  return { identity, from: await scene.backup(CONTENT, { envelopes }) };
}

test('any envelope will do, and those that were not tried are told', async () => {
  await using scene = await openDrillScene();
  const { from, identity } = await withTwoEnvelopes(scene);
  const { receipt } = await scene.drill(from, {}, withIdentities(identity));
  expect(receipt.envelopes).toMatchObject([
    { index: 1, opened: false, why: null },
    { index: 2, opened: true },
  ]);
  expect(receipt.notShown.some((words) => words.startsWith('that envelope 1 '))).toBe(true);
});

test('the envelope that was chosen opens, whatever else would', async () => {
  await using scene = await openDrillScene();
  const { from, identity } = await withTwoEnvelopes(scene);
  const both = { ...withPassword(PASSWORD), identities: async () => [identity] };
  for (const index of [1, 2]) {
    const { receipt } = await scene.drill(from, { which: { kind: 'one', index } }, both);
    const opened = receipt.envelopes.filter((each) => each.opened).map((each) => each.index);
    expect(opened).toEqual([index]);
  }
  const without = await scene.drill(from, { which: { kind: 'one', index: 2 } });
  expect(without).toMatchObject({ failure: { code: 'FACTOR_MISSING' } });
  const none = scene.drill(from, { which: { kind: 'one', index: 3 } });
  await expect(none).rejects.toMatchObject({ code: 'ENVELOPE_NOT_FOUND' });
});

test('each in turn opens all whose factors are there, and tells the others', async () => {
  await using scene = await openDrillScene();
  const { from, identity } = await withTwoEnvelopes(scene);
  const both = { ...withPassword(PASSWORD), identities: async () => [identity] };
  const asked: number[] = [];
  const which = { kind: 'each', wait: false } as const;
  const onEnvelope = ({ index }: { index: number }): void => void asked.push(index);
  const all = await scene.drill(from, { which, onEnvelope }, both);
  expect(all.receipt.envelopes.map(({ opened }) => opened)).toEqual([true, true]);
  expect(asked).toEqual([1, 2]);
  const { rows } = await (await scene.catalog.open()).drills();
  expect(rows).toMatchObject([{ envelope: null }]);

  const some = await scene.drill(from, { which });
  expect(some).toMatchObject({ failure: null });
  expect(some.receipt.envelopes).toMatchObject([
    { opened: true, why: null },
    { opened: false, why: expect.stringMatching(/./) },
  ]);
  const wrong = { ...withPassword('wrong'), identities: async () => [identity] };
  expect((await scene.drill(from, { which }, wrong)).receipt.envelopes).toMatchObject([
    { opened: false, why: expect.stringMatching(/password/) },
    { opened: true },
  ]);
  const none = await scene.drill(from, { which }, withIdentities());
  expect(none).toMatchObject({ failure: { code: 'FACTOR_MISSING' } });
});

test('a discreet backup stays discreet in its receipt, and is known by its name here', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT, { discreet: true, name: 'sso' });
  const { receipt } = await scene.drill(from, { live: { kind: 'known' } });
  expect(receipt).toMatchObject({ sameAsLive: true });
  expect(JSON.stringify(receipt)).not.toContain('sso');
  const { rows } = await (await scene.catalog.open()).drills({ secret: 'sso' });
  expect(rows).toHaveLength(1);
});

test('a receipt is written where it was asked for, its signature beside it, over nothing', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const receipt = scene.path('receipt.json');
  const report = await scene.drill(from, { receipt });
  expect(report.written).toBe(receipt);
  expect(await readFile(receipt)).toEqual(await readFile(report.kept));
  expect(await readFile(`${receipt}.sig`)).toEqual(await readFile(`${report.kept}.sig`));
  const again = scene.drill(from, { receipt });
  await expect(again).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  const free = scene.path('other.json');
  await writeFile(`${free}.sig`, '');
  const beside = scene.drill(from, { receipt: free });
  await expect(beside).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  // Neither began.
  expect(await readdir(receiptFolder(scene.run().instance))).toHaveLength(2);
});

test('when the receipt cannot be kept, the catalog has it all the same', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  await writeFile(receiptFolder(scene.run().instance), 'in the way');
  await expect(scene.drill(from)).rejects.toThrow();
  const { rows } = await (await scene.catalog.open()).drills();
  expect(rows).toMatchObject([{ outcome: 'ok' }]);
  expect(rows[0]?.receipt).toContain('holdfast-drill/1');
});

test('one that is broken off is recorded as that', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const stop = new AbortController();
  const factors = withPassword(PASSWORD);
  const password: typeof factors.password = async (request) => {
    stop.abort();
    return await factors.password(request);
  };
  const { signal } = stop;
  const broken = scene.drill(from, {}, { ...factors, password }, { signal });
  await expect(broken).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await scene.told()).slice(-2)).toEqual(['drill CANCELLED', 'job.end CANCELLED']);
});

test('the next drill is due by the policy of the secret', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  const day = 86_400_000;
  const policy = {
    ...{ name: 'crown', envelopes: [], requireToken: false, copies: 1, maxAge: null },
    ...{ drillEvery: 30 * day, checkCustodiansEvery: null, independentRecovery: false, waive: [] },
  };
  const policies = { crown: policy };
  const secrets = { 'secret.json': { policy: 'crown', source: null } };
  const { nextDue, receipt } = await scene.drill(from, { policies, secrets });
  expect(Date.parse(nextDue ?? '') - Date.parse(receipt.ended)).toBe(30 * day);
  expect((await scene.drill(from)).nextDue).toBe(null);
});

test('without a catalog, a drill leaves its receipt all the same', async () => {
  await using scene = await openScene();
  const path = await scene.backup(CONTENT);
  const request = { from: { kind: 'file', path }, which: { kind: 'any' } } as const;
  const { kept, failure } = await drill(request, scene.run());
  expect(failure).toBe(null);
  expect((await readFile(kept)).length).toBeGreaterThan(100);
});

test('a generation that followed is drilled as what it is', async () => {
  await using scene = await openDrillScene();
  const path = await scene.backup(CONTENT);
  const fresh = 'another stapler wombat orchid 1887';
  const factors = withPassword(PASSWORD, fresh);
  await changeEnvelopes({ path, replacePassword: true, workFactor: 2 }, scene.run(factors));
  const { receipt } = await scene.drill(path, {}, withPassword(fresh));
  expect(receipt.copy.backup).toMatchObject({ generation: 2 });
});

test('whatever is drilled stays closed to writing: nothing beside it changes', async () => {
  await using scene = await openDrillScene();
  const from = await scene.backup(CONTENT);
  await using held = await open(from, 'r');
  const before = await held.stat({ bigint: true });
  await scene.drill(from);
  const after = await held.stat({ bigint: true });
  expect([after.mtimeNs, after.ctimeNs, after.size]).toEqual([
    ...[before.mtimeNs, before.ctimeNs, before.size],
  ]);
});

test('of a quorum, those whose shares opened it are named', async () => {
  await using scene = await openDrillScene();
  const names = ['alice', 'bob', 'carol'];
  const identities = names.map(() => generateIdentity());
  await scene.run().instance.signer();
  await scene.run().recorder?.record(
    names.map((custodian, at) => ({
      ...{ action: 'custodian.add', outcome: 'ok', custodian },
      detail: {
        factors: `recipient(${String(identities[at]?.recipient())})`,
        ...{ contact: null, checkEvery: null },
      },
    })),
  );
  const envelopes = ['quorum(2, alice, bob, carol)'];
  const from = await scene.backup(CONTENT, { envelopes });
  const { receipt, failure } = await scene.drill(from, {}, withIdentities(...identities.slice(1)));
  expect(failure).toBe(null);
  expect(receipt.envelopes).toMatchObject([
    { factors: 'quorum(2, alice, bob, carol)', opened: true, custodians: ['bob', 'carol'] },
  ]);
  const { rows } = await (await scene.catalog.open()).drills();
  expect(rows).toMatchObject([{ custodians: ['bob', 'carol'] }]);
  const few = await scene.drill(from, {}, withIdentities(...identities.slice(2)));
  expect(few).toMatchObject({
    failure: { code: 'SHARES_MISSING' },
    receipt: { envelopes: [{ opened: false, custodians: [] }] },
  });
});
