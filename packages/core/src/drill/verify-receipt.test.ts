import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';
import { encodeReceipt } from './receipt.ts';
import { CONTENT, openDrillScene, type DrillScene } from './testing/drill-scene.ts';
import { verifyReceipt } from './verify-receipt.ts';

async function receiptIn(scene: DrillScene): Promise<string> {
  const receipt = scene.path('receipt.json');
  await scene.drill(await scene.backup(CONTENT), { receipt });
  return receipt;
}

test('a receipt of our own is trusted, wherever its signature lies', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  const { instance } = scene.run();
  const { receipt, principal, signer } = await verifyReceipt({ path }, instance);
  expect(principal).toBe('this instance');
  expect(receipt.instance).toBe(signer.fingerprint);
  await rename(`${path}.sig`, scene.path('elsewhere'));
  const beside = verifyReceipt({ path }, instance);
  await expect(beside).rejects.toMatchObject({ code: 'RECEIPT_NOT_FOUND' });
  const found = await verifyReceipt({ path, signaturePath: scene.path('elsewhere') }, instance);
  expect(found.receipt.id).toBe(receipt.id);
});

test('a receipt of somebody else counts once they are trusted, for drills', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  await using other = await openScene();
  const { instance } = other.run();
  await instance.signer();
  const unknown = verifyReceipt({ path }, instance);
  await expect(unknown).rejects.toMatchObject({ code: 'SIGNER_NOT_TRUSTED' });
  const { signer } = await scene.run().instance.signer();
  const trust = async (options: string): Promise<void> => {
    await writeFile(instance.trustFile, `ann ${options}${signer.publicKey}\n`);
  };
  await trust('namespaces="holdfast-backup" ');
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject({
    code: 'SIGNER_NOT_TRUSTED',
  });
  await trust('valid-before="20200101Z" ');
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject({
    code: 'SIGNER_NOT_TRUSTED',
  });
  for (const options of ['', 'namespaces="holdfast-drill" ']) {
    await trust(options);
    expect((await verifyReceipt({ path }, instance)).principal).toBe('ann');
  }
});

test('a byte that was changed is found, wherever it is', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  const { instance } = scene.run();
  for (const name of [path, `${path}.sig`]) {
    const bytes = await readFile(name);
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = Uint8Array.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await writeFile(name, altered);
      const found = await verifyReceipt({ path }, instance).catch((cause: unknown) => cause);
      expect(found, `${name} at ${String(at)}`).toMatchObject({
        code: expect.stringMatching(/^(?:RECEIPT_INVALID|FORMAT_UNSUPPORTED)$/),
      });
    }
    await writeFile(name, bytes);
  }
  await verifyReceipt({ path }, instance);
});

test('words that were changed in a receipt are found, and so is a signature for another purpose', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  const { instance } = scene.run();
  const invalid = { code: 'RECEIPT_INVALID' };
  const { receipt } = await verifyReceipt({ path }, instance);
  await writeFile(path, encodeReceipt({ ...receipt, who: 'somebody else' }));
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject(invalid);

  const { sign } = await instance.signer();
  await writeFile(path, encodeReceipt(receipt));
  await writeFile(`${path}.sig`, sign(encodeReceipt(receipt)));
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject(invalid);
});

test('a receipt that names another key than the one that signed it is none', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  const { instance } = scene.run();
  const { receipt } = await verifyReceipt({ path }, instance);
  const forged = encodeReceipt({ ...receipt, instance: `SHA256:${'B'.repeat(43)}` });
  const { sign } = await instance.signer();
  await writeFile(path, forged);
  await writeFile(`${path}.sig`, sign(forged, 'holdfast-drill'));
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject({
    code: 'RECEIPT_INVALID',
  });
});

test('what is not there, is a folder, or is far too long is told as that', async () => {
  await using scene = await openDrillScene();
  const path = await receiptIn(scene);
  const { instance } = scene.run();
  const gone = verifyReceipt({ path: scene.path('none') }, instance);
  await expect(gone).rejects.toMatchObject({ code: 'RECEIPT_NOT_FOUND' });
  await writeFile(path, Buffer.alloc(5 << 20, ' '));
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject({
    code: 'RECEIPT_INVALID',
  });
  await rm(path);
  await mkdir(path);
  await expect(verifyReceipt({ path }, instance)).rejects.toMatchObject({
    code: 'SOURCE_UNREADABLE',
  });
});
