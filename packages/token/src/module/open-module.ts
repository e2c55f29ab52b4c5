import { ECDH } from 'node:crypto';
import { resolve } from 'node:path';
import { Secret } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { KeyOptions, ModuleSetting, TokenModule } from '../ports.ts';
import { DEADLINES, type Deadlines } from './deadlines.ts';
import { checkPin } from './pin-text.ts';
import { RequestQueue } from './request-queue.ts';

/** A login ends with the process; a person who comes back after this gives the PIN again. */
const IDLE_MILLISECONDS = 5 * 60_000;

export interface ModuleOptions {
  /** After how long without a request the process, and every login with it, ends. */
  readonly idleMilliseconds?: number | undefined;
  readonly deadlines?: Partial<Deadlines> | undefined;
}

/** Starts nothing before the first request. The path is taken as it is, never looked for. */
export function openModule(setting: ModuleSetting, options: ModuleOptions = {}): TokenModule {
  const path = resolve(setting.path);
  const queue = new RequestQueue(
    { path, initArgs: setting.initArgs },
    { ...DEADLINES, ...options.deadlines },
    options.idleMilliseconds ?? IDLE_MILLISECONDS,
  );
  return {
    path,
    restart: async () => await queue.restart(),
    info: async (request) => await queue.ask('info', null, request),
    slots: async (request) => await queue.ask('slots', null, request),
    mechanisms: async (slot, request) => await queue.ask('mechanisms', { slot }, request),
    objects: async (token, request) => await queue.ask('objects', { token }, request),
    isLoggedIn: async (token, request) => await queue.ask('isLoggedIn', { token }, request),
    async login(token, pin, request) {
      checkPin(pin.bytes);
      await queue.ask('login', { token, pin: Uint8Array.from(pin.bytes) }, request);
    },
    async agree(key, point, request) {
      checkPoint(point);
      const input = { key, point: Uint8Array.from(point), pin: pinOf(request) };
      return take(await queue.ask('agree', input, request));
    },
    async decrypt(key, method, ciphertext, request) {
      const input = {
        key,
        method,
        ciphertext: Uint8Array.from(ciphertext),
        pin: pinOf(request),
      };
      return take(await queue.ask('decrypt', input, request));
    },
    async mac(key, method, message, request) {
      const input = { key, method, message: Uint8Array.from(message), pin: pinOf(request) };
      return take(await queue.ask('mac', input, request));
    },
    async generate(token, key, request) {
      await queue.ask('generate', { token, key }, request);
    },
    async [Symbol.asyncDispose]() {
      await queue.close();
    },
  };
}

/** What came over the channel is a view of a larger buffer. */
function take(bytes: Uint8Array): Secret {
  const secret = Secret.copy(bytes);
  bytes.fill(0);
  return secret;
}

function pinOf(options: KeyOptions | undefined): Uint8Array | null {
  const bytes = options?.pin?.bytes;
  if (bytes === undefined) return null;
  checkPin(bytes);
  return Uint8Array.from(bytes);
}

/** A point off the curve would make the token tell of its key, or fail in ways of its own. */
function checkPoint(point: Uint8Array): void {
  try {
    if (point.length === 65 && point[0] === 4) {
      ECDH.convertKey(point, 'prime256v1');
      return;
    }
  } catch {
    // Told below.
  }
  throw tokenError('TOKEN_FAILED', 'the point is not on the curve P-256; the token was not asked');
}
