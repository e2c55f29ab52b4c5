import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import { parseSelector } from '@holdfast/media';
import { runInjected } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import { openMediaScene } from '../media/testing/media-scene.ts';
import { reconcileJobs } from '../record/reconcile.ts';
import { openScene, PASSWORD, withIdentities, type Scene } from '../testing/scene.ts';
import { EC, openDesk, openTokenScene } from '../testing/token-scene.ts';
import { drill } from './drill.ts';
import { receiptFolder } from './receipt-folder.ts';
import { CONTENT, openDrillScene } from './testing/drill-scene.ts';
import { verifyReceipt } from './verify-receipt.ts';

const run = promisify(execFile);
const timeout = 120_000;
const FIXTURE = new URL('drill.fixture.ts', import.meta.url);
const ANY = { which: { kind: 'any' } } as const;

/** Paths of the receipts that are there, each with a signature that is valid. */
async function soundReceipts(scene: Scene): Promise<string[]> {
  const { instance } = scene.run();
  const folder = receiptFolder(instance);
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => `${folder}/${name}`);
  for (const path of paths) await verifyReceipt({ path }, instance);
  return paths;
}

/** What ssh-keygen says of a receipt, with nothing but the public key of its signer. */
async function sshKeygen(scene: Scene, receipt: string, namespace = 'holdfast-drill') {
  const { instance } = scene.run();
  const { signer } = await instance.signer();
  const signers = await scene.file('allowed_signers', `holdfast ${signer.publicKey}\n`);
  const words = ['-Y', 'verify', '-f', signers, '-I', 'holdfast', '-n', namespace];
  const child = spawn('ssh-keygen', [...words, '-s', `${receipt}.sig`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(await readFile(receipt));
  const [status] = (await once(child, 'exit')) as [number];
  return status;
}

test('anybody with ssh-keygen can check a receipt, for this purpose and no other', async () => {
  await using scene = await openDrillScene();
  const receipt = scene.path('receipt.json');
  await scene.drill(await scene.backup(CONTENT), { receipt });
  expect(await sshKeygen(scene, receipt)).toBe(0);
  expect(await sshKeygen(scene, receipt, 'holdfast-backup')).not.toBe(0);
  const text = await readFile(receipt, 'utf8');
  await writeFile(receipt, text.replace('"outcome": "ok"', '"outcome": "OK"'));
  expect(await sshKeygen(scene, receipt)).not.toBe(0);
});

test(
  'the secret goes to the check command, and nowhere else: strace saw it',
  { timeout },
  async () => {
    await using scene = await openScene();
    const path = await scene.backup(CONTENT);
    const expected = await scene.file('expected', CONTENT);
    const log = scene.path('trace');
    const calls = 'trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendfile,splice';
    const fixture = [fileURLToPath(FIXTURE), scene.path('state'), path, PASSWORD];
    const strace = ['-f', '-y', '-s', '4096', '-e', calls, '-o', log];
    await run('strace', [...strace, process.execPath, ...fixture, `exec cmp - '${expected}'`]);
    const trace = await readFile(log, 'utf8');
    const written = trace.split('\n').filter((line) => line.includes(CONTENT));
    // The one that hands it over is seen, so that a watch that sees nothing cannot pass.
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((line) => !/\(\d+<(?:socket|UNIX|pipe)/.test(line))).toEqual([]);
    expect(await soundReceipts(scene)).toHaveLength(1);
  },
);

test('a drill that is killed at any moment leaves no half of a receipt', { timeout }, async () => {
  await using scene = await openScene();
  const path = await scene.backup(CONTENT);
  const { folder } = scene.run().instance;
  const args = [folder, path, PASSWORD];
  let kills = 0;
  for (const calls of ['fsync,fdatasync', '?link,linkat', '?mkdir,mkdirat', '?chmod,fchmod']) {
    for (let count = 1, killed = true; killed; count++) {
      await rm(receiptFolder(scene.run().instance), { recursive: true, force: true });
      const inject = `${calls}:signal=SIGKILL:when=${String(count)}`;
      const { status } = await runInjected(inject, FIXTURE, args);
      killed = status !== 0;
      if (killed) kills++;
      const found = await soundReceipts(scene);
      if (!killed) expect(found).toHaveLength(1);
    }
  }
  expect(kills).toBeGreaterThan(5);
});

test('one that is killed while its check command runs leaves none, and is told as cut off', async () => {
  await using scene = await openDrillScene();
  const path = await scene.backup(CONTENT);
  const pid = scene.path('pid');
  const { instance } = scene.run();
  const command = `cat > /dev/null; echo $$ > '${pid}'; exec sleep 300`;
  const args = [fileURLToPath(FIXTURE), instance.folder, path, PASSWORD, command];
  const child = spawn(process.execPath, [...args, 'recorded'], { stdio: 'ignore' });
  const numberIn = async () => Number(await readFile(pid, 'latin1').catch(() => ''));
  await expect.poll(numberIn, { timeout: 20_000 }).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  // Nobody is left to end it: it had its whole input, and goes on by itself.
  process.kill(await numberIn(), 'SIGKILL');
  expect(await soundReceipts(scene)).toEqual([]);
  await reconcileJobs(await scene.catalog.open(), scene.run());
  const { rows } = await (await scene.catalog.open()).jobs();
  expect(rows.find(({ kind }) => kind === 'drill')).toMatchObject({ outcome: 'INTERRUPTED' });
});

test(
  'a stick is read past what the system remembers of it, and is named in the receipt',
  { timeout },
  async () => {
    await using scene = await openMediaScene();
    const stick = await scene.loop.addStick();
    const content = randomBytes(3 << 20);
    const { copies } = await scene.copyTo([stick], { content });
    const from = { kind: 'medium', selector: parseSelector('usb:BLACK/secret.json') } as const;
    const good = await drill({ ...ANY, from }, scene.run());
    expect(good).toMatchObject({
      failure: null,
      receipt: {
        fromMedium: true,
        copy: { file: copies[0]?.file, place: { kind: 'medium', label: 'BLACK' } },
      },
    });
    expect(stick.mounts()).toEqual([]);

    await using mounted = await stick.openMounted('ro');
    const file = mounted.at(`holdfast/${copies[0]?.file ?? ''}`);
    const bytes = await readFile(file);
    await stick.alter(bytes.subarray(2 << 20, (2 << 20) + 4096));
    // The system still gives what it has in memory.
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(await drill({ ...ANY, from }, scene.run())).toMatchObject({
      failure: { code: 'BACKUP_DAMAGED' },
      receipt: { copy: { place: { label: 'BLACK' } } },
    });
  },
);

test('without the medium there is nothing to drill, and no receipt', { timeout }, async () => {
  await using scene = await openMediaScene();
  const selector = parseSelector('usb:WHITE');
  const drilling = drill({ ...ANY, from: { kind: 'medium', selector } }, scene.run());
  await expect(drilling).rejects.toMatchObject({ code: 'MEDIUM_NOT_FOUND' });
  expect(await soundReceipts(scene)).toEqual([]);
});

test(
  'each in turn opens what the tokens here open, and does not wait for the others',
  { timeout },
  async () => {
    await using lab = await openDesk('lab', EC);
    await using spare = await openDesk('spare', EC);
    await using scene = await openTokenScene();
    const on = (label: string): string => `token(pkcs11:token=${label};object=kek)`;
    const path = await scene.backup(CONTENT, { envelopes: ['password', on('lab')] }, scene.at(lab));
    const from = { kind: 'file', path } as const;
    const which = { kind: 'each', wait: false } as const;
    const all = await drill({ from, which }, scene.at(lab));
    expect(all.receipt.envelopes.map(({ opened }) => opened)).toEqual([true, true]);

    const waiting = {
      ...withIdentities(),
      waitForToken: async () => await Promise.reject(new Error('waited')),
    };
    const elsewhere = await drill({ from, which }, scene.at(spare, { factors: waiting }));
    expect(elsewhere).toMatchObject({ failure: { code: 'FACTOR_MISSING' } });
    const half = await drill({ from, which }, scene.at(spare));
    expect(half).toMatchObject({
      failure: null,
      receipt: {
        envelopes: [{ opened: true }, { opened: false, why: expect.stringContaining('lab') }],
      },
    });
    const one = await drill({ from, which: { kind: 'one', index: 2 } }, scene.at(lab));
    expect(one.receipt.envelopes.map(({ opened }) => opened)).toEqual([false, true]);
  },
);
