import { SSH_RSA_OAEP_LABEL, type HoldfastError, type Secret } from '@holdfast/age';
import type { Enrolment, RsaMethod } from '../ports.ts';
import { openOaepMessage } from '../stanzas/oaep.ts';
import { hasCode } from './has-code.ts';
import type { KeyOperations, TokenKey } from './token-key.ts';
import { WAYS } from './ways.ts';

type Way = 'oaep' | 'raw';

const FILE_KEY_SIZE = 16;

const METHODS: Readonly<Record<Way, RsaMethod>> = {
  oaep: { kind: 'oaep', hash: 'sha256', label: SSH_RSA_OAEP_LABEL },
  raw: { kind: 'raw' },
};

const MECHANISMS: Readonly<Record<Way, string>> = {
  oaep: 'CKM_RSA_PKCS_OAEP',
  raw: 'CKM_RSA_X_509',
};

/** How each RSA key was decrypted with, so that no token is asked twice for what it cannot do. */
export class RsaWays {
  readonly #working = new Map<string, Way>();

  remember(key: TokenKey, way: Way): void {
    this.#working.set(nameOf(key), way);
  }

  /** What was found out at enrolment. */
  recall(key: TokenKey, { tried }: Pick<Enrolment, 'tried'>): void {
    const way = (['oaep', 'raw'] as const).find((one) =>
      tried.some((trial) => trial.way === WAYS[one] && trial.works),
    );
    if (way !== undefined) this.remember(key, way);
  }

  /** The message of an `ssh-rsa` stanza; `null` when it is not a file key. Throws TOKEN_FAILED when there is no way. */
  async decrypt(
    key: TokenKey,
    operations: KeyOperations,
    ciphertext: Uint8Array,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Secret | null> {
    const known = this.#working.get(nameOf(key));
    if (known !== undefined) return await decryptBy(known, operations, ciphertext);
    let failure: HoldfastError | null = null;
    let answered = false;
    for (const way of await offered(key, options)) {
      try {
        const message = await decryptBy(way, operations, ciphertext);
        answered = true;
        if (message === null) continue;
        this.remember(key, way);
        return message;
      } catch (error) {
        // A token may end the login with what it refuses: what it refused is the cause.
        if (failure !== null && hasCode(error, 'PIN_NEEDED')) throw failure;
        if (!hasCode(error, 'TOKEN_FAILED')) throw error;
        failure = error;
      }
    }
    if (answered || failure === null) return null;
    throw failure;
  }
}

/** Both, when the token's list names neither: lists are not always true. */
async function offered(
  key: TokenKey,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<readonly Way[]> {
  const names = (await key.mechanisms(options)).map(({ name }) => name);
  const ways = (['oaep', 'raw'] as const).filter((way) => names.includes(MECHANISMS[way]));
  return ways.length > 0 ? ways : ['oaep', 'raw'];
}

async function decryptBy(
  way: Way,
  operations: KeyOperations,
  ciphertext: Uint8Array,
): Promise<Secret | null> {
  const answer = await operations.decrypt(METHODS[way], ciphertext);
  if (way === 'oaep') {
    if (answer.bytes.length === FILE_KEY_SIZE) return answer;
    answer[Symbol.dispose]();
    return null;
  }
  using block = answer;
  return openOaepMessage(block.bytes, 'sha256', SSH_RSA_OAEP_LABEL);
}

function nameOf({ known: { details } }: TokenKey): string {
  return JSON.stringify([details.token.label, details.token.serial, details.id, details.label]);
}
