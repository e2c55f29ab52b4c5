import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSmartcard, type Smartcard } from '@holdfast/token/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactorSource, TokenWait } from './ports.ts';
import { restore } from './restore.ts';
import type { Run } from './run.ts';
import { toFile } from './targets/index.ts';
import { openScene, withIdentities, type Scene } from './testing/scene.ts';
import { person } from './testing/token-scene.ts';
import { tokenAccess, type SharedTokens, type TokenAccessSettings } from './tokens/access.ts';

const timeout = 120_000;
const KEY = 'token(pkcs11:id=%03)';

let smartcard: Smartcard;

beforeAll(async () => {
  smartcard = await openSmartcard({ keys: { '9d': 'p256' } });
  Object.assign(process.env, smartcard.environment);
}, timeout);

afterAll(async () => {
  await smartcard[Symbol.asyncDispose]();
}, timeout);

interface CardScene extends Scene {
  /** A backup for the card, which lies beside its reader then. */
  readonly from: string;
  waiting(waitForToken: FactorSource['waitForToken'], signal?: AbortSignal): Run;
}

async function openCardScene(): Promise<CardScene> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openScene());
  const { instance } = scene.run();
  const settings = { modules: [{ path: smartcard.module }], aliases: {}, instance, pins: person() };
  if (!smartcard.reader.inserted) await smartcard.reader.insert(smartcard.card);
  const from = await sealed(scene, settings);
  const tokens = stack.use(tokenAccess(settings));
  await smartcard.reader.remove();
  await gone(await tokens.open());
  const held = stack.move();
  return {
    ...scene,
    from,
    waiting: (waitForToken, signal) => {
      const factors = { ...withIdentities(), ...(waitForToken && { waitForToken }) };
      return scene.run(factors, { tokens, signal });
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

async function sealed(scene: Scene, settings: TokenAccessSettings): Promise<string> {
  await using tokens = tokenAccess(settings);
  const request = { envelopes: [KEY], allowSinglePointOfFailure: true };
  return await scene.backup('on a card', request, scene.run(undefined, { tokens }));
}

/** Resolves once pcscd has noticed. */
async function gone(tokens: SharedTokens): Promise<void> {
  for (;;) {
    const modules = await tokens.list();
    if (modules.every(({ slots }) => slots.every(({ token }) => token === null))) return;
    await sleep(100);
  }
}

test(
  'a restore waits for the token, saying which, and goes on once it is inserted',
  { timeout },
  async () => {
    await using scene = await openCardScene();
    const { from } = scene;
    const waits: TokenWait[] = [];
    const before = smartcard.card.pinsVerified;
    const run = scene.waiting(async (wait) => {
      waits.push(wait);
      if (wait.attempt === 2) await smartcard.reader.insert(smartcard.card);
      return true;
    });
    const to = scene.path('back');
    await restore({ from, to: toFile(to) }, run);
    expect(await readFile(to, 'utf8')).toBe('on a card');
    expect(waits.slice(0, 2).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(waits[0]?.wanted).toEqual([
      { label: expect.stringMatching(/./), serial: expect.stringMatching(/./) },
    ]);
    expect(smartcard.card.pinsVerified - before).toBe(1);
  },
);

test(
  'whoever gives up is told which token it takes, and no file is made',
  { timeout },
  async () => {
    await using scene = await openCardScene();
    const { from } = scene;
    const to = scene.path('back');
    const run = scene.waiting(async () => false);
    const restoring = restore({ from, to: toFile(to) }, run);
    await expect(restoring).rejects.toMatchObject({
      code: 'TOKEN_NOT_FOUND',
      message: expect.stringContaining('serial'),
    });
    await expect(restore({ from, to: toFile(to) }, scene.waiting(undefined))).rejects.toMatchObject(
      {
        code: 'TOKEN_NOT_FOUND',
      },
    );
    await expect(readFile(to)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('waiting is cancelled', { timeout }, async () => {
  await using scene = await openCardScene();
  const controller = new AbortController();
  const run = scene.waiting(async () => {
    controller.abort();
    return true;
  }, controller.signal);
  const restoring = restore({ from: scene.from, to: toFile(scene.path('back')) }, run);
  await expect(restoring).rejects.toMatchObject({ code: 'CANCELLED' });
});
