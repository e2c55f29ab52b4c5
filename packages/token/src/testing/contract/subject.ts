import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '@holdfast/age';

import { openModule } from '../../module/open-module.ts';
import type {
  KeyReport,
  ModuleSetting,
  PinSource,
  TokenInfo,
  TokenModule,
  TokenPlace,
  TokenReport,
  Tokens,
} from '../../ports.ts';
import { openTokens } from '../../tokens.ts';

/** What the contract is tried on. */
export interface ContractTarget {
  readonly module: ModuleSetting;
  /** RFC 7512 URI of one token. */
  readonly token: string;
  /** Called for each use; the PIN becomes the caller's. */
  readonly openPin: () => Secret;
  /** Nobody will miss it: wrong PINs may be tried on it, and keys made. */
  readonly throwAway: boolean;
}

/** A token under test. PINs are given only while the token says that no try was lost, unless it may be thrown away. */
export interface ContractSubject extends AsyncDisposable {
  readonly target: ContractTarget;
  readonly report: TokenReport;
  readonly place: TokenPlace;
  /** How many PINs were handed out. */
  readonly pinsGiven: () => number;
  /** Those that can serve. */
  readonly keys: readonly KeyReport[];
  /** New ones, with a module process of their own. */
  openTokens(pins?: PinSource): Tokens;
  openModule(): TokenModule;
  /** Throws unless all tries are left. */
  login(module: TokenModule): Promise<void>;
  tries(): Promise<TokenInfo['pinTries']>;
}

/**
 * Where it is remembered between runs that a wrong PIN was given to a token that matters: some tokens do not
 * tell, and the next run must not try again.
 */
export function rememberedIn(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return join(state, 'holdfast-contract');
}

async function openFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  return join(folder, 'tokens');
}

/** Logs in once, to see the keys. Throws what `show` throws. */
export async function openSubject(target: ContractTarget): Promise<ContractSubject> {
  await using stack = new AsyncDisposableStack();
  const folder = target.throwAway ? await openFolder(stack) : rememberedIn();
  let pinsGiven = 0;
  const careful: PinSource = {
    pin: async ({ tries }) => {
      if (tries !== 'full' && !target.throwAway) return null;
      pinsGiven++;
      return { pin: target.openPin(), typed: true };
    },
    confirmLastTry: async () => false,
  };
  const open = (pins: PinSource = careful): Tokens =>
    // One folder for all: a wrong PIN is remembered, and keeps the next check from trying it again.
    openTokens({ modules: [target.module], aliases: {}, folder, pins });

  let report: TokenReport;
  {
    await using tokens = open();
    report = await tokens.show(target.token, { login: true });
  }
  const place = { slot: report.slot, label: report.token.label, serial: report.token.serial };
  const triesOf = async (module: TokenModule): Promise<TokenInfo['pinTries']> => {
    const slots = await module.slots();
    const token = slots.find(({ id }) => id === place.slot)?.token;
    if (token === undefined || token === null) throw new Error('the token left its slot');
    return token.pinTries;
  };
  const resources = stack.move();
  return {
    target,
    report,
    place,
    pinsGiven: () => pinsGiven,
    keys: report.keys.filter(({ unusable }) => unusable === null),
    openTokens: open,
    openModule: () => openModule(target.module),
    async tries() {
      await using module = openModule(target.module);
      return await triesOf(module);
    },
    async login(module) {
      if (!target.throwAway && (await triesOf(module)) !== 'full') {
        throw new Error('a try of the PIN was lost: no PIN is given any more');
      }
      pinsGiven++;
      using pin = target.openPin();
      await module.login(place, pin);
    },
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}
