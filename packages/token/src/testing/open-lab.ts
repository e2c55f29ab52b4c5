import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@holdfast/age';
import type { PinRequest, Tokens, TokenSettings } from '../ports.ts';
import { openTokens } from '../tokens.ts';
import { openSoftHsm, type SoftHsm, type SoftHsmKey, type SoftHsmToken } from './softhsm.ts';

const PIN = '123456';

/** SoftHSM, a folder for records, and a person who types the PIN of every token. */
export interface Lab extends AsyncDisposable {
  readonly softhsm: SoftHsm;
  /** For records. */
  readonly folder: string;
  /** All that the person was asked for since {@link Lab.openTokens} was called last. */
  readonly asked: readonly PinRequest[];
  /** SoftHSM's own module, and no other. */
  openTokens(settings?: Partial<TokenSettings>): Tokens;
  /** The PIN that is typed from now on; `null` when nobody is there. */
  type(pin: string | null): void;
  addToken(label: string, ...keys: readonly SoftHsmKey[]): Promise<SoftHsmToken>;
}

/** Sets SOFTHSM2_CONF of this process. */
export async function openLab(): Promise<Lab> {
  const stack = new AsyncDisposableStack();
  const softhsm = stack.use(await openSoftHsm());
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  const root = await mkdtemp(join(tmpdir(), 'holdfast-tokens-'));
  const folder = join(root, 'tokens');
  const asked: PinRequest[] = [];
  let typed: string | null = PIN;
  return {
    softhsm,
    folder,
    asked,
    openTokens(settings = {}) {
      asked.length = 0;
      typed = PIN;
      return openTokens({
        modules: [{ path: softhsm.module }],
        aliases: {},
        folder,
        pins: {
          async pin(request) {
            asked.push(request);
            return typed === null ? null : { pin: Secret.fromText(typed), typed: true };
          },
          confirmLastTry: async () => false,
        },
        ...settings,
      });
    },
    type(pin) {
      typed = pin;
    },
    async addToken(label, ...keys) {
      const token = await softhsm.addToken(label, PIN);
      for (const key of keys) await softhsm.addKey(token, key);
      return token;
    },
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync();
      await rm(root, { recursive: true, force: true });
    },
  };
}
