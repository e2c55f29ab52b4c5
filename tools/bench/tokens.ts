import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseHeader, Secret, wrapHeader, type Stanza } from '@holdfast/age';
import { openTokens, type PresentKey, type Tokens } from '@holdfast/token';
import { openSoftHsm, type SoftHsm } from '@holdfast/token/testing';

import { interleaved } from './interleaved.ts';
import type { Table } from './table.ts';

const HOLDFAST = join(import.meta.dirname, '../../apps/cli/dist/holdfast.js');
const RAW = join(import.meta.dirname, '../../packages/token/src/testing/raw-module.ts');
const TOKEN = 'bench';
const PIN = '1234';
const KEYS = { ecdh: 'p256', rsa: 'rsa' } as const;

type Operation = keyof typeof KEYS;

/** What packages/token adds to a module that is called directly, and what a whole token backup takes. */
export async function benchTokens(): Promise<Table[]> {
  await using hsm = await openSoftHsm();
  Object.assign(process.env, hsm.environment);
  const token = await hsm.addToken(TOKEN, PIN);
  await hsm.addKey(token, { label: 'p256', id: '01', kind: 'p256' });
  await hsm.addKey(token, { label: 'rsa', id: '02', kind: 'rsa' });
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-tokens-'));
  try {
    return [await operations(hsm, folder), await wholeTable(hsm, folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function operations(hsm: SoftHsm, folder: string): Promise<Table> {
  await using tokens = openTokens({
    modules: [{ path: hsm.module }],
    aliases: {},
    folder: join(folder, 'tokens'),
    pins: {
      pin: async () => ({ pin: Secret.fromText(PIN), typed: true }),
      confirmLastTry: async () => false,
    },
  });
  const rows: string[][] = [];
  for (const [operation, count] of [
    ['ecdh', 1000],
    ['rsa', 300],
  ] as const) {
    const { key, stanzas } = await sealedTo(tokens, KEYS[operation]);
    const unwrap = async (): Promise<void> => {
      using fileKey = await key.identity.unwrapFileKey(stanzas);
      if (fileKey === null) throw new Error('the key did not open its own stanza');
    };
    const seconds = await interleaved(5, {
      raw: () => rawModule(hsm, operation, count),
      oneByOne: async () => {
        const started = performance.now();
        for (let done = 0; done < count; done += 1) await unwrap();
        return (performance.now() - started) / 1000;
      },
      together: async () => {
        const started = performance.now();
        await Promise.all(
          Array.from({ length: 8 }, async () => {
            for (let done = 0; done < count / 8; done += 1) await unwrap();
          }),
        );
        return (performance.now() - started) / 1000;
      },
    });
    const row = (name: string, it: number): string[] => [
      name,
      (count / it).toFixed(0),
      (seconds.raw / it).toFixed(2),
    ];
    const name = operation === 'ecdh' ? 'ECDH on P-256' : 'RSA-2048';
    rows.push(
      row(`${name}, the module in a loop`, seconds.raw),
      row(`${name}, unwrapping through packages/token, one by one`, seconds.oneByOne),
      row(`${name}, the same, eight at a time`, seconds.together),
    );
  }
  return {
    title: 'Token operations',
    note: 'SoftHSM, logged in. The peer is pkcs11js calling the module in a loop, with nothing done to the result; Holdfast also crosses to the process of the module and back, derives the wrapping key, and opens the stanza. 5 rounds in turn after a warm-up; medians.',
    columns: ['operation', 'per second', 'of the raw module'],
    rows,
  };
}

async function sealedTo(
  tokens: Tokens,
  label: string,
): Promise<{ key: PresentKey; stanzas: readonly Stanza[] }> {
  const key = await tokens.find(`pkcs11:token=${TOKEN};object=${label}`);
  using fileKey = Secret.random(16);
  const { bytes } = await wrapHeader(fileKey, [key.recipient]);
  return { key, stanzas: parseHeader(bytes).stanzas };
}

function rawModule(hsm: SoftHsm, operation: Operation, count: number): number {
  const args = [RAW, hsm.module, TOKEN, KEYS[operation], operation, String(count)];
  return Number(run('/', process.execPath, args, PIN));
}

async function wholeTable(hsm: SoftHsm, folder: string): Promise<Table> {
  writeFileSync(join(folder, 'secret'), randomBytes(32));
  writeFileSync(join(folder, 'pin'), PIN, { mode: 0o600 });
  writeFileSync(join(folder, 'ciphertext'), Buffer.alloc(256, 1));
  const key = `token(pkcs11:token=${TOKEN};object=rsa)`;
  const holdfast = (...args: string[]): number =>
    clocked(folder, process.execPath, [HOLDFAST, ...args, '--module', hsm.module, '--quiet']);
  const waiver = '--allow-single-point-of-failure';
  const s = await interleaved(9, {
    node: () => clocked(folder, process.execPath, ['-e', '0']),
    peer: () =>
      clocked(folder, 'pkcs11-tool', [
        ...['--module', hsm.module, '--token-label', TOKEN, '--login', '--pin', PIN, '--decrypt'],
        ...['-m', 'RSA-X-509', '--id', '02', '-i', 'ciphertext', '-o', 'plaintext'],
      ]),
    backup: () => holdfast('backup', './secret', '--to', 'o.tar', '--force', '-e', key, waiver),
    restore: () => {
      rmSync(join(folder, 'back'), { force: true });
      return holdfast('restore', 'o.tar', '--to', 'back', '--pin-file', 'pin');
    },
  });
  const row = (name: string, it: number): string[] => [
    name,
    (it * 1000).toFixed(0),
    (it / s.peer).toFixed(2),
  ];
  return {
    title: 'A token backup and restore of 32 bytes',
    note: 'Whole processes on SoftHSM, 9 times in turn; medians. SoftHSM answers in a millisecond, so this is the time that programs take to start; a smartcard takes longer than all of that for one operation.',
    columns: ['work', 'ms', 'of pkcs11-tool'],
    rows: [
      row('`pkcs11-tool --decrypt` of the same kind', s.peer),
      row('`node -e 0`', s.node),
      row('`holdfast backup`', s.backup),
      row('`holdfast restore`', s.restore),
    ],
  };
}

function clocked(cwd: string, command: string, args: readonly string[]): number {
  const started = performance.now();
  run(cwd, command, args, '');
  return (performance.now() - started) / 1000;
}

function run(cwd: string, command: string, args: readonly string[], input: string): string {
  const env = { ...process.env, HOME: cwd, NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ended with ${status ?? 'a signal'}: ${stderr}`);
  return stdout;
}
