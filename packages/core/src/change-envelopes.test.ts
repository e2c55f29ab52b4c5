import { copyFile, readFile } from 'node:fs/promises';
import { generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { sha256Hex } from './backup-file/manifest.ts';
import { changeEnvelopes, type EnvelopeChange } from './change-envelopes.ts';
import { restore } from './restore.ts';
import { toFile } from './targets/index.ts';
import { putTogether, takeApart } from './testing/forge.ts';
import { openScene, PASSWORD, withIdentities, withPassword } from './testing/scene.ts';
import { verify } from './verify.ts';

const NEW_PASSWORD = 'lantern quarry bishop 4021 meadow';
const cheap: Pick<EnvelopeChange, 'workFactor'> = { workFactor: 2 };

test('an added envelope opens the same payload, whose bytes did not change', async () => {
  await using scene = await openScene();
  const path = await scene.backup('the master secret');
  const before = await takeApart(path);
  const alice = generateIdentity();
  const add = [`recipient(${String(alice.recipient())})`];
  const report = await changeEnvelopes({ path, add, ...cheap }, scene.run());
  expect(report).toMatchObject({ generation: 2, kept: [] });
  expect(report.envelopes.map(({ index }) => index)).toEqual([1, 2]);
  const after = await takeApart(path);
  expect(Buffer.compare(after.payload, before.payload)).toBe(0);
  expect(after.manifest.previous).toMatch(/^[0-9a-f]{64}$/);
  const to = scene.path('back');
  await restore({ from: path, to: toFile(to) }, scene.run(withIdentities(alice)));
  expect(await readFile(to, 'utf8')).toBe('the master secret');
});

test('a removed envelope no longer opens the backup, and taking one away needs no factor', async () => {
  await using scene = await openScene();
  const alice = generateIdentity();
  const recipient = `recipient(${String(alice.recipient())})`;
  const path = await scene.backup('s', { envelopes: ['password', recipient] });
  const report = await changeEnvelopes({ path, remove: [1] }, scene.run(withIdentities()));
  expect(report).toMatchObject({ kept: [2] });
  const checking = verify({ from: path, withFactors: true }, scene.run());
  await expect(checking).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
  const opened = await verify({ from: path, withFactors: true }, scene.run(withIdentities(alice)));
  expect(opened.opened).toEqual([2]);
});

test('a changed password opens the backup, and the former one does not', async () => {
  await using scene = await openScene();
  const path = await scene.backup('s', { hint: 'the old one' });
  const factors = withPassword(PASSWORD, NEW_PASSWORD);
  const report = await changeEnvelopes(
    { path, replacePassword: true, hint: 'the new one', ...cheap },
    scene.run(factors),
  );
  expect(report).toMatchObject({ hint: 'the new one', generation: 2 });
  expect(report.envelopes).toEqual([{ index: 1, factors: ['password'], expression: 'password' }]);
  const former = verify({ from: path, withFactors: true }, scene.run());
  await expect(former).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  const now = verify({ from: path, withFactors: true }, scene.run(withPassword(NEW_PASSWORD)));
  await expect(now).resolves.toMatchObject({ opened: [1] });
});

test('a new password drops the hint for the former one', async () => {
  await using scene = await openScene();
  const path = await scene.backup('s', { hint: 'the old one' });
  const factors = withPassword(PASSWORD, NEW_PASSWORD);
  const report = await changeEnvelopes(
    { path, replacePassword: true, ...cheap },
    scene.run(factors),
  );
  expect(report.hint).toBeNull();
});

test('only the envelope that the password opens gets the new password', async () => {
  await using scene = await openScene();
  const path = await scene.backup(
    's',
    { envelopes: ['password', 'password'] },
    scene.run(withPassword('', PASSWORD, 'tundra violin 77 pepper canoe')),
  );
  const factors = withPassword('tundra violin 77 pepper canoe', NEW_PASSWORD);
  const report = await changeEnvelopes(
    { path, replacePassword: true, ...cheap },
    scene.run(factors),
  );
  expect(report.kept).toEqual([1]);
  const opened = async (password: string): Promise<readonly number[]> =>
    (await verify({ from: path, withFactors: true }, scene.run(withPassword(password)))).opened;
  expect(await opened(PASSWORD)).toEqual([1]);
  expect(await opened(NEW_PASSWORD)).toEqual([2]);
});

test.each<[string, Partial<EnvelopeChange>, string]>([
  ['an envelope that is not there', { remove: [7] }, 'ENVELOPE_NOT_FOUND'],
  ['the last envelope', { remove: [1] }, 'ENVELOPE_LAST'],
  ['an envelope of no known kind', { add: ['retina'] }, 'ENVELOPE_INVALID'],
  ['a recipient that is none', { add: ['recipient(age1xyz)'] }, 'RECIPIENT_INVALID'],
])('%s is refused and the backup stays as it was', async (_what, change, code) => {
  await using scene = await openScene();
  const path = await scene.backup('s');
  const before = await readFile(path);
  const changing = changeEnvelopes({ path, ...change, ...cheap }, scene.run());
  await expect(changing).rejects.toMatchObject({ code });
  expect(Buffer.compare(await readFile(path), before)).toBe(0);
});

test('a wrong password changes nothing', async () => {
  await using scene = await openScene();
  const path = await scene.backup('s');
  const before = await readFile(path);
  const changing = changeEnvelopes(
    { path, replacePassword: true, ...cheap },
    scene.run(withPassword('not it', NEW_PASSWORD)),
  );
  await expect(changing).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  expect(Buffer.compare(await readFile(path), before)).toBe(0);
});

test('nobody vouches for a stranger’s backup by accident', async () => {
  await using scene = await openScene();
  await using stranger = await openScene();
  const path = await stranger.backup('s');
  const recipient = `recipient(${String(generateIdentity().recipient())})`;
  const change = { path, add: [recipient], ...cheap };
  await expect(changeEnvelopes(change, scene.run())).rejects.toMatchObject({
    code: 'SIGNER_NOT_TRUSTED',
  });
  await changeEnvelopes({ ...change, acceptUnknownSigner: true }, scene.run());
  const { signature } = await verify({ from: path, withFactors: false }, scene.run());
  expect(signature.status).toBe('trusted');
});

test('a generation names its predecessor by the digest of its manifest', async () => {
  await using scene = await openScene();
  const path = await scene.backup('s');
  await copyFile(path, scene.path('first.tar'));
  const recipient = `recipient(${String(generateIdentity().recipient())})`;
  await changeEnvelopes({ path, add: [recipient], ...cheap }, scene.run());
  const { encodeManifest } = await import('./backup-file/manifest.ts');
  const first = await takeApart(scene.path('first.tar'));
  const second = await takeApart(path);
  expect(second.manifest.previous).toBe(sha256Hex(encodeManifest(first.manifest)));
});

test('an envelope that was removed cannot be put back under its old number', async () => {
  await using scene = await openScene();
  const path = await scene.backup('s', { envelopes: ['password', 'password'] });
  const before = await takeApart(path);
  await changeEnvelopes({ path, remove: [1] }, scene.run());
  const parts = await takeApart(path);
  parts.envelopes = before.envelopes;
  await putTogether(path, { ...parts, manifest: before.manifest }, null);
  const { signature } = await verify({ from: path, withFactors: false }, scene.run());
  expect(signature.status).toBe('unsigned');
});
