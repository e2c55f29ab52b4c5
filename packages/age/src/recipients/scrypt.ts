import { randomBytes, scrypt } from 'node:crypto';
import { throwIfCancelled } from '../cancel.ts';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { ageError } from '../error.ts';
import type { Identity, Recipient, Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { assertWrappedSize, unwrapWithAead, wrapWithAead } from './aead.ts';

const TYPE = 'scrypt';
const SALT_LABEL = Buffer.from('age-encryption.org/v1/scrypt');
const SALT_SIZE = 16;
const DEFAULT_WORK_FACTOR = 18;
const MAX_WORK_FACTOR_TO_WRITE = 20;
const MAX_WORK_FACTOR_TO_READ = 22;

/** A password (C2SP age, "scrypt recipient"). It must be the only recipient of a file. */
export class ScryptRecipient implements Recipient {
  /** Agrees with no other recipient, which is how it stays alone. */
  readonly labels: readonly string[] = [`scrypt/${randomBytes(16).toString('hex')}`];
  readonly #password: Secret;
  readonly #workFactor: number;

  /**
   * `password` stays the caller's and must outlive this recipient. The work factor is the base-2
   * logarithm of N, 1 to 20: anything below the default, 18, is for tests.
   */
  constructor(password: Secret, options?: { readonly workFactor?: number }) {
    const workFactor = options?.workFactor ?? DEFAULT_WORK_FACTOR;
    if (!Number.isInteger(workFactor) || workFactor < 1 || workFactor > MAX_WORK_FACTOR_TO_WRITE) {
      throw ageError('RECIPIENT_INVALID', 'a work factor is a whole number from 1 to 20');
    }
    assertNotEmpty(password, 'RECIPIENT_INVALID');
    this.#password = password;
    this.#workFactor = workFactor;
  }

  async wrapFileKey(
    fileKey: Uint8Array,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Stanza[]> {
    const salt = randomBytes(SALT_SIZE);
    using wrapKey = await openWrapKey(this.#password, salt, this.#workFactor, options?.signal);
    const args = [TYPE, encodeBase64(salt), String(this.#workFactor)];
    return [{ args, body: wrapWithAead(wrapKey.bytes, fileKey) }];
  }
}

/** The password of a file. */
export class ScryptIdentity implements Identity {
  readonly #password: Secret;
  readonly #maxWorkFactor: number;

  /**
   * `password` stays the caller's and must outlive this identity. A file that asks for more than
   * `maxWorkFactor`, at most and by default 22 (4 GiB of memory), is refused with WORK_FACTOR_TOO_HIGH.
   */
  constructor(password: Secret, options?: { readonly maxWorkFactor?: number }) {
    const maxWorkFactor = options?.maxWorkFactor ?? MAX_WORK_FACTOR_TO_READ;
    const inRange = maxWorkFactor >= 1 && maxWorkFactor <= MAX_WORK_FACTOR_TO_READ;
    if (!Number.isInteger(maxWorkFactor) || !inRange) {
      throw ageError('IDENTITY_INVALID', 'the highest work factor is a whole number from 1 to 22');
    }
    assertNotEmpty(password, 'IDENTITY_INVALID');
    this.#password = password;
    this.#maxWorkFactor = maxWorkFactor;
  }

  async unwrapFileKey(
    stanzas: readonly Stanza[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Secret | null> {
    const stanza = stanzas.find(({ args }) => args[0] === TYPE);
    if (stanza === undefined) return null;
    if (stanzas.length !== 1) {
      throw ageError('AGE_HEADER_INVALID', 'a password must be the only recipient of a file');
    }
    const { salt, workFactor } = parseArguments(stanza.args);
    assertWrappedSize(stanza.body);
    if (workFactor > this.#maxWorkFactor) {
      const limits = `${String(workFactor)}, and ${String(this.#maxWorkFactor)} is allowed`;
      throw ageError('WORK_FACTOR_TOO_HIGH', `the password takes a work factor of ${limits}`);
    }
    using wrapKey = await openWrapKey(this.#password, salt, workFactor, options?.signal);
    return unwrapWithAead(wrapKey.bytes, stanza.body);
  }
}

function parseArguments(args: readonly string[]): { salt: Uint8Array; workFactor: number } {
  const [, saltText = '', workFactor = ''] = args;
  const salt = decodeBase64(saltText);
  if (args.length !== 3 || salt?.length !== SALT_SIZE || !/^[1-9][0-9]*$/.test(workFactor)) {
    throw ageError('AGE_HEADER_INVALID', 'the scrypt stanza of the header is malformed');
  }
  return { salt, workFactor: Number(workFactor) };
}

/** Runs in libuv's thread pool. A cancelled derivation ends there by itself and is wiped. */
async function openWrapKey(
  password: Secret,
  salt: Uint8Array,
  workFactor: number,
  signal: AbortSignal | undefined,
): Promise<Secret> {
  throwIfCancelled(signal);
  const N = 2 ** workFactor;
  // 128 * r * N and a little more: the default of 32 MiB ends at 2^14.
  const cost = { N, r: 8, p: 1, maxmem: 1024 * (N + 1024) };
  return await new Promise<Secret>((resolve, reject) => {
    const onAbort = (): void => {
      reject(ageError('CANCELLED', 'it was cancelled', { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    scrypt(password.bytes, Buffer.concat([SALT_LABEL, salt]), 32, cost, (error, derived) => {
      signal?.removeEventListener('abort', onAbort);
      if (error !== null) {
        const message = 'there is not enough memory for the work factor of the password';
        reject(ageError('WORK_FACTOR_TOO_HIGH', message, { cause: error }));
        return;
      }
      if (signal?.aborted !== true) resolve(Secret.copy(derived));
      derived.fill(0);
    });
  });
}

function assertNotEmpty(password: Secret, code: 'RECIPIENT_INVALID' | 'IDENTITY_INVALID'): void {
  if (password.bytes.length === 0) throw ageError(code, 'the password is empty');
}
