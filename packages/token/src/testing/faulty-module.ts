import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = join(import.meta.dirname, 'faulty-module.c');

/** What a faulty module does instead of, or after, the call. */
export type Fault = {
  /** The function of PKCS#11; `dlopen` while it is loaded. */
  readonly at: string;
  /** Which of its calls from now on in one process, from 1; 0 for every one. The first, by default. */
  readonly call?: number;
  /** Only once in all, even when the process is begun again. By default it is, except for `call: 0`. */
  readonly once?: boolean;
} & (
  | { readonly does: 'crash' | 'abort' | 'exit' | 'hang' }
  | { readonly does: 'sleep'; readonly milliseconds: number }
  /** Does not make the call. */
  | { readonly does: 'answer'; readonly ckr: keyof typeof CKR }
  /** Gives this as the number or the length of what it found, listed, decrypted or signed. */
  | { readonly does: 'count'; readonly count: number }
  /** Fills what it answered with nonsense; `length` is for an attribute. */
  | { readonly does: 'scramble'; readonly length?: number }
  /** Adds flags to CK_TOKEN_INFO, as in TOKEN_FLAG; at C_GetTokenInfo. */
  | { readonly does: 'flags'; readonly flags: number }
);

export const CKR = {
  CKR_SLOT_ID_INVALID: 0x3,
  CKR_GENERAL_ERROR: 0x5,
  CKR_FUNCTION_FAILED: 0x6,
  CKR_ARGUMENTS_BAD: 0x7,
  CKR_CANT_LOCK: 0xa,
  CKR_ATTRIBUTE_SENSITIVE: 0x11,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_FUNCTION_CANCELED: 0x50,
  CKR_KEY_HANDLE_INVALID: 0x60,
  CKR_KEY_FUNCTION_NOT_PERMITTED: 0x68,
  CKR_MECHANISM_INVALID: 0x70,
  CKR_MECHANISM_PARAM_INVALID: 0x71,
  CKR_OBJECT_HANDLE_INVALID: 0x82,
  CKR_OPERATION_ACTIVE: 0x90,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_LEN_RANGE: 0xa2,
  CKR_PIN_EXPIRED: 0xa3,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_CLOSED: 0xb0,
  CKR_SESSION_COUNT: 0xb1,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_TOKEN_NOT_RECOGNIZED: 0xe1,
  CKR_TOKEN_WRITE_PROTECTED: 0xe2,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 0x104,
  CKR_CRYPTOKI_NOT_INITIALIZED: 0x190,
  CKR_VENDOR_DEFINED: 0x80000042,
} as const;

/** A module before a real one. It fails as it is told, from any process, at once. */
export interface FaultyModule extends AsyncDisposable {
  readonly path: string;
  /** Replaces what was told before. */
  fail(...faults: readonly Fault[]): void;
  heal(): void;
  /** The functions that were called, in order, in all processes: `C_Initialize`, `C_Login 1` with the kind of user … */
  calls(): readonly string[];
  /** How many PIN tries were spent. */
  logins(): number;
  forgetCalls(): void;
}

/** Compiles it with gcc, before `module`. */
export async function openFaultyModule(module: string): Promise<FaultyModule> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-faulty-'));
  const path = join(folder, 'faulty.so');
  const control = join(folder, 'control');
  const log = join(folder, 'log');
  const define = (name: string, value: string): string => `-D${name}=${JSON.stringify(value)}`;
  await promisify(execFile)('gcc', [
    ...['-shared', '-fPIC', '-O1', '-o', path, SOURCE, '-ldl'],
    ...[define('REAL', module), define('CONTROL', control), define('LOG', log)],
  ]);
  const calls = (): readonly string[] =>
    existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  return {
    path,
    fail(...faults) {
      // A new file each time: the module counts anew when its number changes.
      writeFileSync(`${control}.new`, faults.map(line).join(''));
      renameSync(`${control}.new`, control);
    },
    heal: () => rmSync(control, { force: true }),
    calls,
    logins: () => calls().filter((name) => name.startsWith('C_Login')).length,
    forgetCalls: () => rmSync(log, { force: true }),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function line(fault: Fault): string {
  const { at, call = 1, once = call !== 0, does } = fault;
  return `${at} ${call} ${once ? 1 : 0} ${does} ${number(fault)}\n`;
}

function number(fault: Fault): number {
  switch (fault.does) {
    case 'sleep':
      return fault.milliseconds;
    case 'answer':
      return CKR[fault.ckr];
    case 'count':
      return fault.count;
    case 'scramble':
      return fault.length ?? 0;
    case 'flags':
      return fault.flags;
    default:
      return 0;
  }
}
