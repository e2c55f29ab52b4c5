// Seals a file to a key on a token, then opens it again each time it is told to, and says what came of it.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { decrypt, encrypt, HoldfastError, Secret } from '@holdfast/age';
import { openTokens, type PinSource } from '@holdfast/token';

import { openscModule } from './opensc.ts';

/** A line of its standard input, in JSON: a PIN belongs neither to arguments nor to the environment. */
export interface Use {
  /** URI of the key. */
  readonly key: string;
  readonly pin: string;
  /** As if a person had typed the PIN. */
  readonly typed: boolean;
}

/** A line of its standard output, for each of its input. */
export interface Used {
  /** `opened`, or the code of the error. */
  readonly outcome: string;
  readonly milliseconds: number;
}

const TOKEN_WITHIN = 60_000;
const MESSAGE = Buffer.from('the secret of the lab');

let use: Use = { key: '', pin: '', typed: false };
const pins: PinSource = {
  pin: async () => ({ pin: Secret.fromText(use.pin), typed: use.typed }),
  confirmLastTry: async () => false,
};
await using tokens = openTokens({
  modules: [{ path: openscModule() }],
  aliases: {},
  folder: '/root/tokens',
  pins,
});

let sealed: Uint8Array | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  use = JSON.parse(line) as Use;
  sealed ??= await encrypt(MESSAGE, [(await present(use.key)).recipient]);
  const start = performance.now();
  const used: Used = {
    outcome: await openSealed(sealed, use.key),
    milliseconds: Math.round(performance.now() - start),
  };
  console.log(JSON.stringify(used));
}

async function openSealed(file: Uint8Array, name: string): Promise<string> {
  try {
    const { identity } = await tokens.find(name);
    return MESSAGE.equals(await decrypt(file, [identity])) ? 'opened' : 'something else';
  } catch (error) {
    if (error instanceof HoldfastError) return String(error.code);
    throw error;
  }
}

/** The system takes its time to notice a token. */
async function present(name: string): ReturnType<typeof tokens.find> {
  const start = performance.now();
  for (;;) {
    try {
      return await tokens.find(name);
    } catch (error) {
      const absent = error instanceof HoldfastError && error.code === 'TOKEN_NOT_FOUND';
      if (!absent || performance.now() - start > TOKEN_WITHIN) throw error;
      await sleep(200);
    }
  }
}
