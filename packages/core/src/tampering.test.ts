import { open, readFile, truncate, writeFile, appendFile } from 'node:fs/promises';
import { encrypt, generateIdentity, ScryptRecipient, Secret } from '@holdfast/age';
import { expect, test } from 'vitest';
import { readBackupFile } from './backup-file/reader.ts';
import { restore } from './restore.ts';
import { toFile } from './targets/index.ts';
import { putTogether, takeApart, type Parts } from './testing/forge.ts';
import { openScene, PASSWORD, withPassword, type Scene } from './testing/scene.ts';
import { verify } from './verify.ts';

const anyOf = (...codes: string[]): unknown => expect.toBeOneOf(codes);

async function forged(
  scene: Scene,
  change: (parts: Parts) => Promise<void> | void,
): Promise<string> {
  const from = await scene.backup('the master secret');
  const parts = await takeApart(from);
  await change(parts);
  await putTogether(from, parts, await scene.run().instance.signer());
  return from;
}

async function opening(scene: Scene, from: string): Promise<unknown> {
  return await restore({ from, to: toFile(scene.path('back')) }, scene.run());
}

test(
  'a bit flipped in any byte of a backup is noticed without any factor',
  { timeout: 120_000 },
  async () => {
    await using scene = await openScene();
    const from = await scene.backup('s');
    const whole = await readFile(from);
    await using handle = await open(from, 'r+');
    const run = scene.run();
    const unnoticed: number[] = [];
    for (const [offset, byte] of whole.entries()) {
      const flipped = Uint8Array.of(byte ^ (1 << (offset % 8)));
      await handle.write(flipped, 0, 1, offset);
      const outcome = await verify({ from, withFactors: false }, run).then(
        ({ signature }) => signature.status,
        (error: unknown) => error,
      );
      const code = outcome instanceof Error && 'code' in outcome ? outcome.code : outcome;
      const named = ['NOT_A_BACKUP', 'BACKUP_DAMAGED', 'FORMAT_UNSUPPORTED', 'SIGNATURE_INVALID'];
      if (!named.includes(String(code))) unnoticed.push(offset);
      await handle.write(Uint8Array.of(byte), 0, 1, offset);
    }
    expect(unnoticed).toEqual([]);
    expect(await verify({ from, withFactors: false }, run)).toMatchObject({ checked: 'structure' });
  },
);

test('a backup that was cut short anywhere is refused', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const { length } = await readFile(from);
  for (let size = length - 1; size >= 0; size -= 509) {
    await truncate(from, size);
    await expect(verify({ from, withFactors: false }, scene.run())).rejects.toMatchObject({
      code: anyOf('BACKUP_DAMAGED', 'NOT_A_BACKUP'),
    });
  }
});

test('a backup that something was appended to is refused', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  await appendFile(from, Uint8Array.of(0));
  const checking = verify({ from, withFactors: false }, scene.run());
  await expect(checking).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test.each(['', 'x', 'hello '.repeat(1000)])(
  'a file that is no backup is named so: %.12j',
  async (text) => {
    await using scene = await openScene();
    const from = await scene.file('x', text);
    const checking = verify({ from, withFactors: false }, scene.run());
    await expect(checking).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  },
);

test('an envelope from another backup is told even when the manifest was made anew', async () => {
  await using scene = await openScene();
  const other = await takeApart(
    await scene.backup('another secret', { to: scene.path('other.tar') }),
  );
  const from = await forged(scene, (parts) => {
    parts.envelopes = other.envelopes;
  });
  await expect(opening(scene, from)).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test('a payload from another backup is told even when the manifest was made anew', async () => {
  await using scene = await openScene();
  const other = await takeApart(
    await scene.backup('another secret', { to: scene.path('other.tar') }),
  );
  const from = await forged(scene, (parts) => {
    parts.payload = other.payload;
  });
  await expect(opening(scene, from)).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test('an envelope that was moved to another place is told', async () => {
  await using scene = await openScene();
  const from = await forged(scene, (parts) => {
    const [envelope] = parts.envelopes.values();
    parts.envelopes = new Map([['envelopes/2.age', envelope ?? new Uint8Array()]]);
    parts.manifest = {
      ...parts.manifest,
      envelopes: parts.manifest.envelopes.map((entry) => ({
        ...entry,
        index: 2,
        files: [{ path: 'envelopes/2.age', sha256: '' }],
      })),
    };
  });
  await expect(opening(scene, from)).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test('envelopes that hold different identities are told by verify', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s', { envelopes: ['password', 'password'] });
  const parts = await takeApart(from);
  using password = Secret.fromText(PASSWORD);
  using foreign = generateIdentity().toSecret();
  const { id, payload } = parts.manifest;
  const lines = [
    `# holdfast-backup: ${id}`,
    '# envelope: 2',
    `# payload-digest: ${payload.digest}`,
  ];
  const text = [
    ...lines,
    `# plaintext-digest: ${'0'.repeat(64)}`,
    Buffer.from(foreign.bytes),
    '',
  ].join('\n');
  const recipient = new ScryptRecipient(password, { workFactor: 2 });
  parts.envelopes.set('envelopes/2.age', await encrypt(Buffer.from(text), [recipient]));
  await putTogether(from, parts, await scene.run().instance.signer());
  const checking = verify({ from, withFactors: true }, scene.run());
  await expect(checking).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test('an envelope that says nothing of its backup is told', async () => {
  await using scene = await openScene();
  const from = await forged(scene, async (parts) => {
    using password = Secret.fromText(PASSWORD);
    using line = generateIdentity().toSecret();
    const recipient = new ScryptRecipient(password, { workFactor: 2 });
    parts.envelopes.set('envelopes/1.age', await encrypt(line.bytes, [recipient]));
  });
  await expect(opening(scene, from)).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test('a scrypt work factor above the cap is refused before any work is done', async () => {
  await using scene = await openScene();
  const from = await forged(scene, (parts) => {
    const envelope = Buffer.from(parts.envelopes.get('envelopes/1.age') ?? []).toString('latin1');
    const costly = envelope.replace(/^(-> scrypt \S+) \d+$/m, '$1 23');
    parts.envelopes.set('envelopes/1.age', Buffer.from(costly, 'latin1'));
  });
  await expect(opening(scene, from)).rejects.toMatchObject({ code: 'WORK_FACTOR_TOO_HIGH' });
});

test('a manifest that was edited after signing is told', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s', { hint: 'the usual' });
  const edited = (await readFile(from)).toString('latin1').replace('the usual', 'the other');
  await writeFile(from, edited, 'latin1');
  const checking = verify({ from, withFactors: false }, scene.run());
  await expect(checking).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
});

test('a manifest of a format to come is named as that', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const edited = (await readFile(from))
    .toString('latin1')
    .replace('holdfast-backup/1', 'holdfast-backup/2');
  await writeFile(from, edited, 'latin1');
  const checking = verify({ from, withFactors: false }, scene.run());
  await expect(checking).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
});

test('a backup signed by nobody or by a stranger says so, and is refused when a signature is required', async () => {
  await using scene = await openScene();
  await using stranger = await openScene();
  const from = await scene.backup('s');
  const parts = await takeApart(from);
  const seen: unknown[] = [];
  for (const signer of [null, await stranger.run().instance.signer()]) {
    await putTogether(from, parts, signer);
    const { signature } = await verify({ from, withFactors: true }, scene.run());
    seen.push(signature.status);
    for (const work of [
      async () => await verify({ from, withFactors: true, requireSigned: true }, scene.run()),
      async () =>
        await restore({ from, to: toFile(scene.path('x')), requireSigned: true }, scene.run()),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: 'SIGNER_NOT_TRUSTED' });
    }
  }
  expect(seen).toEqual(['unsigned', 'unknown-signer']);
});

test('a signer in the trust file is trusted by name', async () => {
  await using scene = await openScene();
  await using stranger = await openScene();
  const from = await stranger.backup('s');
  const { publicKey } = (await stranger.run().instance.signer()).signer;
  await scene.run().instance.signer();
  await writeFile(scene.run().instance.trustFile, `alice ${publicKey}\n`);
  const { signature } = await verify({ from, withFactors: true, requireSigned: true }, scene.run());
  expect(signature).toMatchObject({ status: 'trusted', principal: 'alice' });
});

test('a wrong password is that and nothing more, and leaves the target as it was', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const to = await scene.file('live', 'still here');
  const restoring = restore({ from, to: toFile(to) }, scene.run(withPassword('not it')));
  await expect(restoring).rejects.toMatchObject({
    code: 'WRONG_PASSWORD',
    message: 'wrong password',
  });
  expect(await readFile(to, 'utf8')).toBe('still here');
});

test('a payload that was damaged never gets the final name, and the former file stays', async () => {
  await using scene = await openScene();
  const from = await scene.backup(new Uint8Array(200_000));
  await using handle = await open(from, 'r+');
  const { payload } = await readBackupFile(handle);
  await handle.write(Uint8Array.of(0xff, 0xff), 0, 2, payload.offset + payload.size - 40);
  const to = await scene.file('live', 'still here');
  const restoring = restore({ from, to: toFile(to) }, scene.run());
  await expect(restoring).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  expect(await readFile(to, 'utf8')).toBe('still here');
});

test('a restore over a file keeps it under a number', async () => {
  await using scene = await openScene();
  const from = await scene.backup('the new');
  const to = await scene.file('live', 'the old');
  const kept: (string | null)[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    kept.push((await restore({ from, to: toFile(to) }, scene.run())).kept);
  }
  expect(kept).toEqual([`${to}.~1~`, `${to}.~2~`]);
  expect(await readFile(`${to}.~1~`, 'utf8')).toBe('the old');
  expect(await readFile(to, 'utf8')).toBe('the new');
});
