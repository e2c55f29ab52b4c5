import { Secret } from '@holdfast/age';
import type { PinRequest, PinSource } from '@holdfast/token';
import { openSoftHsm, type SoftHsm } from '@holdfast/token/testing';
import type { Instance } from '../instance/instance.ts';
import type { FactorSource } from '../ports.ts';
import type { Run } from '../run.ts';
import { tokenAccess, type TokenAccess } from '../tokens/access.ts';
import { openScene, PASSWORD, withPassword, type Scene } from './scene.ts';

export type SoftHsmKey = Parameters<SoftHsm['addKey']>[1];
export type SoftHsmToken = Awaited<ReturnType<SoftHsm['addToken']>>;

const PIN = '123456';

/** A place with one SoftHSM token in it: taking another place is taking another token. */
export interface Desk extends AsyncDisposable {
  readonly token: SoftHsmToken;
  readonly hsm: SoftHsm;
}

export async function openDesk(label: string, ...keys: SoftHsmKey[]): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  const hsm = stack.use(await openSoftHsm());
  const token = await hsm.addToken(label, PIN);
  for (const key of keys) await hsm.addKey(token, key);
  const held = stack.move();
  return { token, hsm, [Symbol.asyncDispose]: async () => await held.disposeAsync() };
}

export const EC: SoftHsmKey = { label: 'kek', id: '01', kind: 'p256' };

/** A person with PINs, by the labels of tokens, who counts how often they were asked. */
export interface Person extends PinSource {
  readonly asked: PinRequest[];
}

export function person(pin: string | null = PIN): Person {
  const asked: PinRequest[] = [];
  return {
    asked,
    async pin(request) {
      asked.push(request);
      return pin === null ? null : { pin: Secret.fromText(pin), typed: true };
    },
    confirmLastTry: async () => false,
  };
}

/** The tokens that are on one desk. A module process inherits the environment that it is begun in. */
export function tokensOn(
  { hsm }: Desk,
  instance: Instance,
  pins: PinSource,
  aliases: Readonly<Record<string, string>> = {},
): TokenAccess {
  const access = tokenAccess({ modules: [{ path: hsm.module }], aliases, instance, pins });
  return {
    async open() {
      const tokens = await access.open();
      process.env['SOFTHSM2_CONF'] = hsm.environment.SOFTHSM2_CONF;
      return tokens;
    },
    [Symbol.asyncDispose]: async () => await access[Symbol.asyncDispose](),
  };
}

export interface TokenScene extends Scene {
  /** A run with the tokens of one desk; without a desk, with no token at all. */
  at(desk: Desk, options?: { pins?: PinSource; factors?: FactorSource }): Run;
}

export async function openTokenScene(): Promise<TokenScene> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openScene());
  const resources = stack.move();
  return {
    ...scene,
    at(desk, { pins = person(), factors = withPassword(PASSWORD) } = {}) {
      const { instance } = scene.run();
      const tokens = resources.use(tokensOn(desk, instance, pins));
      return scene.run(factors, { tokens });
    },
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}
