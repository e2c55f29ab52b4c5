import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createECDH } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret } from '@holdfast/age';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeyPlace, TokenModule, TokenPlace } from '../ports.ts';
import { openFaultyModule, type Fault, type FaultyModule } from '../testing/faulty-module.ts';
import { openSoftHsm, type SoftHsm, type SoftHsmToken } from '../testing/softhsm.ts';
import { openModule, type ModuleOptions } from './open-module.ts';

const PIN = 'pin-of-the-test';

let softhsm: SoftHsm;
let token: SoftHsmToken;
let faulty: FaultyModule;
let ec: KeyPlace;
let rsa: KeyPlace;
let hmac: KeyPlace;
const point = createECDH('prime256v1').generateKeys();

beforeAll(async () => {
  softhsm = await openSoftHsm();
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  token = await softhsm.addToken('lab', PIN);
  await softhsm.addKey(token, { kind: 'p256', label: 'ec', id: '01' });
  await softhsm.addKey(token, { kind: 'rsa', label: 'rsa', id: '02' });
  await softhsm.addKey(token, { kind: 'hmac', label: 'hmac', id: '04' });
  ec = { token: token.place, class: 'private', id: '01', label: 'ec' };
  rsa = { token: token.place, class: 'private', id: '02', label: 'rsa' };
  hmac = { token: token.place, class: 'secret', id: '04', label: 'hmac' };
  faulty = await openFaultyModule(softhsm.module);
});

afterEach(() => {
  faulty.heal();
  faulty.forgetCalls();
});

afterAll(async () => {
  await faulty[Symbol.asyncDispose]();
  await softhsm[Symbol.asyncDispose]();
});

function open(options?: ModuleOptions): TokenModule {
  return openModule({ path: faulty.path }, options);
}

async function login(module: TokenModule, place: TokenPlace = token.place): Promise<void> {
  using pin = Secret.fromText(PIN);
  await module.login(place, pin);
}

async function agrees(module: TokenModule): Promise<void> {
  using x = await module.agree(ec, point);
  expect(x.bytes).toHaveLength(32);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { code, message } = error as Error & { code: string };
  expect(message).not.toContain(PIN);
  return code;
}

function path(name: string): string {
  return join(softhsm.folder, name);
}

describe('a module that cannot be loaded', () => {
  const load = async (file: string): Promise<string> => {
    await using module = openModule({ path: file });
    return await codeOf(module.info());
  };

  it('is missing', async () => {
    expect(await load(path('nothing.so'))).toBe('MODULE_MISSING');
    expect(await load(join(softhsm.module, 'below-a-file'))).toBe('MODULE_MISSING');
  });

  it('is no shared object', async () => {
    writeFileSync(path('text.so'), 'INPUT ( /usr/lib/libc.so )');
    writeFileSync(path('empty.so'), '');
    mkdirSync(path('folder.so'));
    expect(await load(path('text.so'))).toBe('MODULE_INVALID');
    expect(await load(path('empty.so'))).toBe('MODULE_INVALID');
    expect(await load(path('folder.so'))).toBe('MODULE_INVALID');
    expect(await load(process.execPath)).toBe('MODULE_INVALID');
  });

  it('is of another architecture', async () => {
    const bytes = readFileSync(softhsm.module);
    bytes.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
    writeFileSync(path('foreign.so'), bytes);
    await using module = openModule({ path: path('foreign.so') });
    await expect(module.info()).rejects.toMatchObject({
      code: 'MODULE_INVALID',
      message: expect.stringContaining('architecture'),
    });
  });

  it('is cut short', async () => {
    writeFileSync(path('short.so'), readFileSync(softhsm.module).subarray(0, 4096));
    // The dynamic linker maps it before it sees how short it is.
    expect(await load(path('short.so'))).toMatch(/^MODULE_(INVALID|CRASHED)$/);
  });

  it('needs another libc, lacks a symbol, or is another kind of library', async () => {
    const build = (name: string, source: string, ...options: string[]): string => {
      writeFileSync(path(`${name}.c`), source);
      execFileSync('gcc', [
        '-shared',
        '-fPIC',
        '-o',
        path(`${name}.so`),
        path(`${name}.c`),
        ...options,
      ]);
      return path(`${name}.so`);
    };
    mkdirSync(path('musl'));
    build('musl/libc', 'int musl;', '-Wl,-soname,libc.musl-none.so.1');
    const musl = build(
      'm',
      'extern int musl; int *f(void) { return &musl; }',
      path('musl/libc.so'),
    );
    expect(await load(musl)).toBe('MODULE_INVALID');
    expect(await load(build('u', 'extern int gone; int *f = &gone;'))).toBe('MODULE_INVALID');
    expect(await load(build('other', 'int f(void) { return 0; }'))).toBe('MODULE_INVALID');
  });

  it('crashes while it is loaded, and works the next time', async () => {
    await using module = open();
    for (const at of ['dlopen', 'C_GetFunctionList', 'C_Initialize']) {
      faulty.fail({ at, does: 'crash' });
      expect(await codeOf(module.slots())).toBe('MODULE_CRASHED');
      expect(await module.slots()).not.toHaveLength(0);
      await restart(module);
    }
  });

  it('needs pkcs11js, which may not be installed', async () => {
    const hook = path('no-driver.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module'); const load = Module._load;
      Module._load = (name, ...rest) => {
        if (name === 'pkcs11js') throw new Error('absent');
        return load(name, ...rest);
      };`,
    );
    vi.stubEnv('NODE_OPTIONS', `--require ${hook}`);
    expect(await load(softhsm.module)).toBe('TOKEN_SUPPORT_MISSING');
  });

  it('refuses to start, and works the next time', async () => {
    await using module = open();
    faulty.fail({ at: 'C_Initialize', does: 'answer', ckr: 'CKR_GENERAL_ERROR' });
    expect(await codeOf(module.slots())).toBe('MODULE_FAILED');
    expect(await module.slots()).not.toHaveLength(0);
  });

  it('cannot lock, and is started without', async () => {
    await using module = open();
    faulty.fail({ at: 'C_Initialize', does: 'answer', ckr: 'CKR_CANT_LOCK' });
    expect(await module.slots()).not.toHaveLength(0);
  });
});

/** What a process has loaded; nothing once it ended. */
function maps(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return '';
  }
}

/** Makes the process end, so that the next request loads again. */
async function restart(module: TokenModule): Promise<void> {
  faulty.fail({ at: 'C_GetInfo', does: 'abort' });
  expect(await codeOf(module.info())).toBe('MODULE_CRASHED');
}

describe('a module that crashes or hangs', () => {
  it.each<{ at: string; ask: (module: TokenModule) => Promise<unknown> }>([
    { at: 'C_GetSlotList', ask: async (module) => await module.slots() },
    { at: 'C_Login', ask: async (module) => await login(module) },
    { at: 'C_DeriveKey', ask: agrees },
    { at: 'C_GetAttributeValue', ask: async (module) => await module.objects(token.place) },
    { at: 'C_Sign', ask: async (module) => await module.mac(hmac, 'hmac-sha256', point) },
  ])('is named for it at $at, and works afresh after a login', async ({ at, ask }) => {
    await using module = open({ deadlines: { ask: 4_000, operate: 4_000 } });
    const crash = ['crash', 'MODULE_CRASHED'] as const;
    const hang = ['hang', 'MODULE_TIMEOUT'] as const;
    for (const [does, code] of at === 'C_DeriveKey' || at === 'C_Login' ? [crash, hang] : [crash]) {
      await login(module);
      faulty.fail({ at, does });
      expect(await codeOf(ask(module))).toBe(code);
      expect(await module.isLoggedIn(token.place)).toBe(false);
    }
    await login(module);
    await agrees(module);
  });

  it('takes those requests with it that waited', async () => {
    await using module = open();
    await login(module);
    faulty.fail({ at: 'C_DeriveKey', call: 3, does: 'crash' });
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, async () => {
        await agrees(module);
      }),
    );
    const codes = all.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['MODULE_CRASHED']));
    await login(module);
    await agrees(module);
  });

  it('is killed when it will not end', async () => {
    await using module = open({ deadlines: { end: 300 } });
    await module.info();
    faulty.fail({ at: 'C_Finalize', does: 'hang' });
    await module[Symbol.asyncDispose]();
    expect(await codeOf(module.info())).toBe('CANCELLED');
  });

  it('is killed when it hangs while it is disposed', async () => {
    for (const at of ['C_Initialize', 'C_GetSlotList']) {
      await using module = open({ deadlines: { end: 300 } });
      faulty.fail({ at, does: 'hang' });
      const request = codeOf(module.slots());
      while (!faulty.calls().includes(at)) await wait(20);
      await module[Symbol.asyncDispose]();
      expect(await request).toBe('CANCELLED');
      faulty.forgetCalls();
    }
  });

  it.each(['C_Finalize', 'C_GetSlotList'])(
    'ends with a killed process, even when it hangs in %s',
    async (at) => {
      faulty.fail({ at, does: 'hang' });
      const code = `import { openModule } from ${JSON.stringify(join(import.meta.dirname, 'open-module.ts'))};
      const m = openModule({ path: ${JSON.stringify(faulty.path)} });
      await m.info();
      void m.slots();
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);`;
      const asking = spawn(process.execPath, ['--input-type=module-typescript', '-e', code]);
      await once(asking, 'exit');
      const mine = (): string => spawnSync('pgrep', ['-f', 'module-process.ts']).stdout.toString();
      const left = mine()
        .trim()
        .split('\n')
        .filter((pid) => maps(pid).includes(faulty.path));
      while (left.some((pid) => maps(pid).includes(faulty.path))) await wait(50);
      expect(faulty.calls()).toContain(at);
    },
  );
});

describe('what a token answers', () => {
  it.each<[Fault & { does: 'answer' }, string]>([
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_DEVICE_REMOVED' }, 'TOKEN_REMOVED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_TOKEN_NOT_PRESENT' }, 'TOKEN_REMOVED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_SESSION_HANDLE_INVALID' }, 'TOKEN_REMOVED'],
    [{ at: 'C_OpenSession', does: 'answer', ckr: 'CKR_SESSION_COUNT' }, 'TOKEN_BUSY'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_DEVICE_ERROR' }, 'TOKEN_FAILED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_VENDOR_DEFINED' }, 'TOKEN_FAILED'],
    [{ at: 'C_FindObjects', does: 'answer', ckr: 'CKR_GENERAL_ERROR' }, 'TOKEN_FAILED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_KEY_FUNCTION_NOT_PERMITTED' }, 'KEY_UNUSABLE'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_USER_NOT_LOGGED_IN' }, 'PIN_NEEDED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_CRYPTOKI_NOT_INITIALIZED' }, 'MODULE_FAILED'],
    [{ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_KEY_HANDLE_INVALID' }, 'TOKEN_FAILED'],
    [{ at: 'C_FindObjectsInit', does: 'answer', ckr: 'CKR_OPERATION_ACTIVE' }, 'TOKEN_FAILED'],
  ])('%o is %s, and the next request works', async (fault, code) => {
    await using module = open();
    if (fault.at !== 'C_OpenSession') await login(module);
    faulty.fail(fault);
    expect(await codeOf(agrees(module))).toBe(code);
    if (!(await module.isLoggedIn(token.place))) await login(module);
    await agrees(module);
  });

  it.each([
    ['CKR_PIN_INCORRECT', 'PIN_INCORRECT'],
    ['CKR_PIN_LOCKED', 'PIN_LOCKED'],
    ['CKR_PIN_EXPIRED', 'PIN_EXPIRED'],
    ['CKR_PIN_LEN_RANGE', 'PIN_INVALID'],
    ['CKR_USER_ANOTHER_ALREADY_LOGGED_IN', 'TOKEN_BUSY'],
  ] as const)('%s at a login is %s, and spends one try', async (ckr, code) => {
    await using module = open();
    faulty.fail({ at: 'C_Login', does: 'answer', ckr });
    expect(await codeOf(login(module))).toBe(code);
    expect(faulty.logins()).toBe(1);
  });

  it('is asked again only with the other form of the point', async () => {
    await using module = open();
    await login(module);
    faulty.fail({ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_MECHANISM_PARAM_INVALID' });
    await agrees(module);
    expect(faulty.calls().filter((name) => name === 'C_DeriveKey')).toHaveLength(2);
  });

  it('leaves no derived key on the token', async () => {
    await using module = open();
    await login(module);
    faulty.fail({
      at: 'C_GetAttributeValue',
      call: 0,
      does: 'answer',
      ckr: 'CKR_ATTRIBUTE_SENSITIVE',
    });
    await module.agree(ec, point).catch(() => undefined);
    const count = (name: string): number => faulty.calls().filter((call) => call === name).length;
    expect(count('C_DestroyObject')).toBe(count('C_DeriveKey'));
  });

  it('is write protected', async () => {
    await using module = open();
    await login(module);
    faulty.fail({ at: 'C_GetTokenInfo', call: 0, does: 'flags', flags: 2 });
    const made = module.generate(token.place, { kind: 'p256', label: 'new', id: '77' });
    expect(await codeOf(made)).toBe('TOKEN_READ_ONLY');
  });

  it('is found to be another token before anything is asked of it', async () => {
    await using module = open();
    const other = { ...token.place, serial: '0000' };
    expect(await codeOf(login(module, other))).toBe('TOKEN_REMOVED');
    expect(await codeOf(login(module, { ...token.place, label: 'x' }))).toBe('TOKEN_REMOVED');
    expect(await codeOf(login(module, { ...token.place, slot: '1' }))).toBe('TOKEN_REMOVED');
    expect(await codeOf(login(module, { ...token.place, slot: 'x' }))).toBe('TOKEN_REMOVED');
    expect(faulty.logins()).toBe(0);
  });

  it('changes between two requests: no PIN is tried on the newcomer', async () => {
    await using module = open();
    await module.objects(token.place);
    faulty.fail({ at: 'C_GetTokenInfo', call: 0, does: 'scramble' });
    expect(await codeOf(login(module))).toBe('TOKEN_REMOVED');
    expect(faulty.logins()).toBe(0);
  });
});

describe('a module that answers nonsense', () => {
  const decrypts = async (module: TokenModule): Promise<unknown> =>
    await module.decrypt(rsa, { kind: 'raw' }, Buffer.alloc(256, 1));

  it.each<[Fault, (module: TokenModule) => Promise<unknown>]>([
    [{ at: 'C_FindObjects', does: 'count', count: 70 }, agrees],
    [
      { at: 'C_Sign', does: 'count', count: 5 },
      async (m) => await m.mac(hmac, 'hmac-sha256', point),
    ],
    [
      { at: 'C_Sign', does: 'count', count: 1e9 },
      async (m) => await m.mac(hmac, 'hmac-sha256', point),
    ],
    [{ at: 'C_Decrypt', does: 'count', count: 1000 }, decrypts],
    [{ at: 'C_DeriveKey', does: 'scramble' }, agrees],
    [{ at: 'C_OpenSession', does: 'scramble' }, agrees],
    [{ at: 'C_GetSlotList', call: 0, does: 'count', count: 60_000 }, async (m) => await m.slots()],
  ])('%o is a typed error', async (fault, ask) => {
    await using module = open();
    if (fault.at !== 'C_OpenSession') await login(module);
    faulty.fail(fault);
    expect(await codeOf(ask(module))).toMatch(/^(TOKEN|MODULE)_(FAILED|REMOVED|CRASHED)$/);
    faulty.heal();
    await login(module);
    await agrees(module);
  });

  it('is read as well as can be', async () => {
    await using module = open();
    faulty.fail(
      { at: 'C_GetInfo', call: 0, does: 'scramble' },
      { at: 'C_GetTokenInfo', call: 0, does: 'scramble' },
    );
    expect(await module.info()).toMatchObject({ version: expect.any(String) });
    expect(await module.slots()).not.toHaveLength(0);
  });

  it('gives attributes of absurd length', async () => {
    await using module = open();
    for (const length of [0, 1, 2 ** 40]) {
      faulty.fail({ at: 'C_GetAttributeValue', call: 0, does: 'scramble', length });
      const result = await module.objects(token.place).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect((result as { code?: string }).code).toMatch(/^(TOKEN_FAILED|MODULE_CRASHED)$/);
      }
      faulty.heal();
      expect(await module.objects(token.place)).not.toHaveLength(0);
    }
  });
});

it('a copy of a module is a module', async () => {
  copyFileSync(softhsm.module, path('copy.so'));
  await using module = openModule({ path: path('copy.so') });
  expect((await module.info()).description).not.toBe('');
});
