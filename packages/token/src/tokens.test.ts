import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { decrypt, encrypt, TagRecipient, X25519Identity } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLab, type Lab } from './testing/open-lab.ts';
import type { SoftHsmKey } from './testing/softhsm.ts';

const HMAC_KEY = Buffer.alloc(32, 9);
const KEYS: readonly SoftHsmKey[] = [
  { kind: 'p256', label: 'ec', id: '01' },
  { kind: 'rsa', label: 'rsa', id: '02' },
  { kind: 'rsa', label: 'rsa3072', id: '03', bits: 3072 },
  { kind: 'rsa', label: 'rsa4096', id: '04', bits: 4096 },
  { kind: 'aes', label: 'aes', id: '05' },
  { kind: 'hmac', label: 'hmac', id: '06', imported: HMAC_KEY },
  { kind: 'p256', label: 'bare', id: '07', publicObject: false },
  { kind: 'p384', label: 'p384', id: '08' },
  { kind: 'p256', label: 'useless', id: '09', useless: true },
  { kind: 'rsa', label: 'every', id: '0a', alwaysAuthenticate: true },
  { kind: 'p256', label: 'loose', id: '0b', extractable: true },
  { kind: 'rsa', label: 'alone', id: '0c', publicObject: false },
];
const TEXT = Uint8Array.from(Buffer.from('the master secret'));

let lab: Lab;
let serial: string;

beforeAll(async () => {
  lab = await openLab();
  ({ serial } = await lab.addToken('lab', ...KEYS));
}, 180_000);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const uri = (label: string): string => `pkcs11:token=lab;object=${label}`;

describe.each(['ec', 'rsa', 'rsa3072', 'rsa4096', 'aes', 'hmac'])('the key "%s"', (label) => {
  test('opens what its recipient seals, and its PIN is asked for once', async () => {
    await using tokens = lab.openTokens();
    const key = await tokens.find(uri(label));
    const file = await encrypt(TEXT, [key.recipient]);
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    expect(await decrypt(file, [tokens.identity(key.details)])).toEqual(TEXT);
    expect(lab.asked).toHaveLength(1);
  });

  test('opens by its identity line alone, in another run', async () => {
    await using first = lab.openTokens();
    const line = await first.identityLine(uri(label));
    const { recipient } = first.fromIdentityLine(line);
    const file = await encrypt(TEXT, [recipient]);
    await using second = lab.openTokens();
    const named = second.fromIdentityLine(line);
    expect(named.details.token).toEqual({ label: 'lab', serial });
    expect(await decrypt(file, [named.identity])).toEqual(TEXT);
    expect(lab.asked).toHaveLength(1);
  });

  test('once enrolled, is sealed to without its token when it has a public half', async () => {
    await using tokens = lab.openTokens();
    const enrolled = await tokens.enroll(`my-${label}`, uri(label));
    expect(enrolled.tried.some(({ works }) => works)).toBe(true);
    expect(await tokens.test(`my-${label}`)).toMatchObject({ details: enrolled.details });
    const secret = label === 'aes' || label === 'hmac';
    await using far = lab.openTokens({ modules: [{ path: '/nonexistent/module.so' }] });
    const { recipient } = await far.sealingKey(`my-${label}`);
    const sealing = encrypt(TEXT, [recipient]);
    if (secret) await expect(sealing).rejects.toMatchObject({ code: 'MODULE_MISSING' });
    else expect(await decrypt(await sealing, [tokens.identity(null)])).toEqual(TEXT);
    await tokens.forget(`my-${label}`);
    expect(await tokens.enrolments()).toEqual([]);
  });
});

test('an RSA key bears its public half itself, which a login shows', async () => {
  await using tokens = lab.openTokens();
  const { keys } = await tokens.show('pkcs11:token=lab', { login: true });
  const found = (label: string) => keys.find((key) => key.label === label);
  expect(found('alone')).toMatchObject({ unusable: null, algorithm: 'rsa' });
  expect(found('bare')).toMatchObject({ unusable: expect.any(String), recipient: null });
  const key = await tokens.find(uri('alone'));
  const file = await encrypt(TEXT, [key.recipient]);
  expect(await decrypt(file, [key.identity])).toEqual(TEXT);
});

describe('what is asked of the person', () => {
  test('nothing to find and to seal to a key with a public half', async () => {
    await using tokens = lab.openTokens();
    for (const label of ['ec', 'rsa']) {
      await encrypt(TEXT, [(await tokens.sealingKey(uri(label))).recipient]);
    }
    expect(lab.asked).toEqual([]);
  });

  test('nothing when no stanza is for a key that is here', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const der = stranger.publicKey.export({ type: 'spki', format: 'der' });
    const file = await encrypt(TEXT, [TagRecipient.fromPublicKey(der)]);
    const other = await encrypt(TEXT, [X25519Identity.generate().recipient()]);
    await using tokens = lab.openTokens();
    for (const sealed of [file, other]) {
      const opening = decrypt(sealed, [tokens.identity(null)]);
      await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
    }
    expect(lab.asked).toEqual([]);
  });

  test('nothing for a file of another secret key, when the wanted one is known', async () => {
    await using tokens = lab.openTokens();
    const aes = await tokens.find(uri('aes'));
    const hmac = await tokens.find(uri('hmac'));
    const file = await encrypt(TEXT, [hmac.recipient]);
    await using later = lab.openTokens();
    const opening = decrypt(file, [later.identity(aes.details)]);
    await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
    expect(lab.asked).toEqual([]);
  });

  test('nothing of a secret key that the user named, for a file that it could not open', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const der = stranger.publicKey.export({ type: 'spki', format: 'der' });
    const file = await encrypt(TEXT, [TagRecipient.fromPublicKey(der)]);
    await using tokens = lab.openTokens();
    const only = 'pkcs11:token=lab;object=aes;type=secret-key';
    const opening = decrypt(file, [tokens.identity(null, { only })]);
    await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
    expect(lab.asked).toEqual([]);
  });

  test('a key that wants its PIN at every use gets it at every use', async () => {
    await using tokens = lab.openTokens();
    const key = await tokens.find(uri('every'));
    const file = await encrypt(TEXT, [key.recipient]);
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    expect(lab.asked).toHaveLength(2);
    expect(lab.asked[0]?.key).toMatchObject({ id: '0a' });
  });

  test('a PIN source in the URI that the user gave comes first', async () => {
    const path = `${lab.softhsm.folder}/pin`;
    await writeFile(path, '123456\n');
    await using tokens = lab.openTokens({
      aliases: { kek: `pkcs11:token=lab;object=ec?pin-source=${path}` },
    });
    const key = await tokens.find('kek');
    const file = await encrypt(TEXT, [key.recipient]);
    expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
    expect(lab.asked).toEqual([]);
  });

  test('a wrong PIN is neither asked for nor tried again by itself', async () => {
    await using tokens = lab.openTokens();
    const key = await tokens.find(uri('ec'));
    const file = await encrypt(TEXT, [key.recipient]);
    lab.type('654321');
    await expect(decrypt(file, [key.identity])).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    expect(lab.asked).toHaveLength(1);
    lab.type('123456');
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
  });
});

describe('a key cannot serve', () => {
  test.each([
    ['on another curve', 'p384'],
    ['without the usage that it needs', 'useless'],
  ])('%s', async (_, label) => {
    await using tokens = lab.openTokens();
    const finding = tokens.find(uri(label)).then(async (key) => {
      await decrypt(await encrypt(TEXT, [key.recipient]), [key.identity]);
    });
    await expect(finding).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });

  test('without a public half anywhere', async () => {
    await using tokens = lab.openTokens();
    await expect(tokens.find(uri('bare'))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });

  test('that is not there', async () => {
    await using tokens = lab.openTokens();
    await expect(tokens.find(uri('nothing'))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(tokens.find('pkcs11:token=other')).rejects.toMatchObject({
      code: 'TOKEN_NOT_FOUND',
    });
    await expect(tokens.find('nobody')).rejects.toMatchObject({ code: 'TOKEN_ALIAS_NOT_FOUND' });
    await expect(tokens.find('pkcs11:token')).rejects.toMatchObject({ code: 'TOKEN_URI_INVALID' });
  });

  test('that is one of several', async () => {
    await using tokens = lab.openTokens();
    await expect(tokens.find('pkcs11:token=lab')).rejects.toMatchObject({ code: 'KEY_AMBIGUOUS' });
  });
});

describe('a token shows', () => {
  test('its keys, and with a login their claims and why they cannot serve', async () => {
    await using tokens = lab.openTokens();
    const before = await tokens.show('pkcs11:token=lab');
    expect(before.loggedIn).toBe(false);
    expect(before.keys.find(({ label }) => label === 'ec')?.recipient).toMatch(/^age1tag1/);
    expect(before.keys.find(({ label }) => label === 'rsa')?.recipient).toMatch(/^ssh-rsa AAAA/);
    expect(before.keys.find(({ label }) => label === 'aes')).toBeUndefined();
    expect(lab.asked).toEqual([]);
    const after = await tokens.show('pkcs11:token=lab', { login: true });
    const named = Object.fromEntries(after.keys.map((key) => [key.label, key]));
    expect(after.keys).toHaveLength(KEYS.length);
    expect(named['ec']).toMatchObject({ algorithm: 'p256', unusable: null, warnings: [] });
    expect(named['aes']?.recipient).toMatch(/^age1holdfast1/);
    expect(named['useless']?.unusable).toMatch(/derive/);
    expect(named['p384']?.unusable).toMatch(/P-256/);
    expect(named['loose']?.warnings).toHaveLength(1);
    expect(named['hmac']?.warnings).toHaveLength(1);
    expect(named['every']?.alwaysAuthenticate).toBe(true);
    for (const key of after.keys) {
      if (key.unusable === null && key.label !== 'bare') {
        expect((await tokens.find(key.uri)).details.id).toBe(key.id);
      }
    }
  });

  test('nothing of a module that is not there, beside those that are', async () => {
    await using tokens = lab.openTokens({
      modules: [{ path: '/nonexistent/module.so' }, { path: lab.softhsm.module }],
    });
    const [missing, softhsm] = await tokens.list();
    expect(missing).toMatchObject({ library: null, error: { code: 'MODULE_MISSING' } });
    expect(softhsm?.slots.map(({ token }) => token?.label)).toContain('lab');
    expect((await tokens.find(uri('ec'))).details.label).toBe('ec');
  });

  test('a module that is not there is the cause when there is no other', async () => {
    await using tokens = lab.openTokens({ modules: [{ path: '/nonexistent/module.so' }] });
    await expect(tokens.find(uri('ec'))).rejects.toMatchObject({ code: 'MODULE_MISSING' });
  });

  test('its tokens once, when a module was named twice', async () => {
    const { module: path } = lab.softhsm;
    await using tokens = lab.openTokens({
      modules: [{ path }, { path: `${path}/../../${path.split('/').slice(-2).join('/')}` }],
    });
    expect(await tokens.list()).toHaveLength(1);
    expect((await tokens.find(uri('ec'))).details.label).toBe('ec');
  });

  test('the same token through two modules is one', async () => {
    const link = `${lab.softhsm.folder}/again.so`;
    await symlink(lab.softhsm.module, link);
    await using tokens = lab.openTokens({
      modules: [{ path: link }, { path: lab.softhsm.module }],
    });
    expect((await tokens.find(uri('ec'))).module).toBe(link);
  });
});

describe('enrolment', () => {
  test('finds out how RSA works on SoftHSM: raw, for its OAEP knows SHA-1 and no label', async () => {
    await using tokens = lab.openTokens();
    const { stanza, tried, publicKey } = await tokens.enroll('rsa', uri('rsa'));
    expect(stanza).toBe('ssh-rsa');
    expect(tried.map(({ works }) => works)).toEqual([false, true, false, true]);
    expect(publicKey).not.toBeNull();
    expect(lab.asked).toHaveLength(1);
    await expect(tokens.enroll('rsa', uri('ec'))).rejects.toMatchObject({
      code: 'TOKEN_ALIAS_EXISTS',
    });
    const { uri: recorded } = await tokens.enroll('rsa', uri('ec'), { replace: true });
    expect((await tokens.find(recorded)).details.label).toBe('ec');
    await tokens.forget('rsa');
    await expect(tokens.forget('rsa')).rejects.toMatchObject({ code: 'TOKEN_ALIAS_NOT_FOUND' });
  });

  test('warns of a key that was imported or can be extracted', async () => {
    await using tokens = lab.openTokens();
    const imported = await tokens.enroll('imported', uri('hmac'));
    expect(imported.warnings.join()).toMatch(/imported/);
    const loose = await tokens.enroll('loose', uri('loose'));
    expect(loose.warnings.join()).toMatch(/extracted/);
    await tokens.forget('imported');
    await tokens.forget('loose');
  });

  test('of a secret key: it is sealed to and opened without telling its token apart first', async () => {
    await using first = lab.openTokens();
    await first.enroll('hmac', uri('hmac'));
    await using tokens = lab.openTokens();
    const key = await tokens.find('hmac');
    expect(lab.asked).toEqual([]);
    const expected = createHmac('sha256', HMAC_KEY).update('holdfast/p11-prf-v1/key-id').digest();
    expect(key.details.fingerprint).toBe(expected.subarray(0, 16).toString('hex'));
    const file = await encrypt(TEXT, [key.recipient]);
    await using later = lab.openTokens();
    expect(await decrypt(file, [later.identity(null)])).toEqual(TEXT);
    expect(lab.asked).toHaveLength(1);
    await later.forget('hmac');
  });
});

test('a key that is made on the token serves at once, and never twice under one name', async () => {
  await using tokens = lab.openTokens();
  const key = { kind: 'p256', label: 'made', id: 'aa01' } as const;
  const made = await tokens.generateKey('pkcs11:token=lab', key);
  expect(made.claims).toMatchObject({ extractable: false, sensitive: true, local: true });
  expect(await decrypt(await encrypt(TEXT, [made.recipient]), [made.identity])).toEqual(TEXT);
  for (const twin of [key, { ...key, id: 'aa02' }, { ...key, label: 'other' }]) {
    await expect(tokens.generateKey('pkcs11:token=lab', twin)).rejects.toMatchObject({
      code: 'KEY_EXISTS',
    });
  }
  expect(lab.asked).toHaveLength(1);
});

test('many files open at the same time, with one PIN', async () => {
  await using tokens = lab.openTokens();
  const labels = ['ec', 'rsa', 'ec', 'rsa', 'ec', 'rsa', 'ec', 'rsa'];
  const files = await Promise.all(
    labels.map(async (label) => await encrypt(TEXT, [(await tokens.find(uri(label))).recipient])),
  );
  const identity = tokens.identity(null);
  const opened = await Promise.all(
    [...files, ...files].map(async (file) => await decrypt(file, [identity])),
  );
  for (const text of opened) expect(text).toEqual(TEXT);
  expect(lab.asked).toHaveLength(1);
});

describe('files that others have made', () => {
  test('stock age seals to an RSA key, and the token opens', async () => {
    await using tokens = lab.openTokens();
    const key = await tokens.find(uri('rsa'));
    const file = execFileSync('age', ['-r', key.recipient.toString()], { input: TEXT });
    expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
  });

  test('typage seals to an EC key, and the token opens', async () => {
    await using tokens = lab.openTokens();
    const key = await tokens.find(uri('ec'));
    const program = `
      import { Encrypter } from 'age-encryption';
      const encrypter = new Encrypter();
      encrypter.addRecipient(process.argv[1]);
      process.stdout.write(await encrypter.encrypt('the master secret'));`;
    const args = ['--input-type=module', '-e', program, key.recipient.toString()];
    const file = execFileSync(process.execPath, args, { cwd: import.meta.dirname });
    expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
  });
});
