import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openHome, type Home } from './holdfast.ts';

/** What a single-sign-on system does: rows that only the master secret can read. */
function openCredentials(path: string): CredentialDatabase {
  const database = new DatabaseSync(path);
  database.exec(
    'CREATE TABLE IF NOT EXISTS credential (account TEXT PRIMARY KEY, sealed BLOB NOT NULL)',
  );
  return {
    put(account, password, master) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', master, nonce);
      const body = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), body]);
      database.prepare('INSERT INTO credential VALUES (?, ?)').run(account, sealed);
    },
    read(account, master) {
      const row = database.prepare('SELECT sealed FROM credential WHERE account = ?').get(account);
      const sealed = Buffer.from(row?.['sealed'] as Uint8Array);
      const decipher = createDecipheriv('aes-256-gcm', master, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(12, 28));
      return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
    [Symbol.dispose]: () => {
      database.close();
    },
  };
}

interface CredentialDatabase extends Disposable {
  put(account: string, password: string, master: Uint8Array): void;
  read(account: string, master: Uint8Array): string;
}

const ACCOUNTS = ['ledger', 'payroll', 'mainframe'];

async function masterSecret(home: Home): Promise<Buffer> {
  return await home.bytes('holdfast secret read sso');
}

test('a credential database is unreadable without its master secret and readable after a restore', async () => {
  await using home = await openHome();
  await home.sh('holdfast secret generate sso --to sso.tar --password-file pw --hint "the usual"');
  using database = openCredentials(home.path('credentials.sqlite'));
  const master = await masterSecret(home);
  expect(master).toHaveLength(32);
  for (const account of ACCOUNTS) database.put(account, `password of ${account}`, master);

  await home.sh('find .local/state/holdfast -name "*.age" -exec shred -u {} +');
  await expect(masterSecret(home)).rejects.toMatchObject({ code: expect.any(Number) });
  for (const account of ACCOUNTS) {
    expect(() => database.read(account, randomBytes(32))).toThrow();
  }

  await home.sh('holdfast restore sso.tar --to store:sso --password-file pw');
  const restored = await masterSecret(home);
  for (const account of ACCOUNTS) {
    expect(database.read(account, restored)).toBe(`password of ${account}`);
  }
});

test('rows written before a rotation are read with the previous secret', async () => {
  await using home = await openHome();
  await home.sh('holdfast secret generate sso --no-backup');
  using database = openCredentials(home.path('credentials.sqlite'));
  database.put('ledger', 'hunter2', await masterSecret(home));
  await home.sh('holdfast secret rotate sso --to sso.tar --password-file pw');
  const current = await masterSecret(home);
  const previous = await home.bytes('holdfast secret read sso --previous');
  expect(() => database.read('ledger', current)).toThrow();
  expect(database.read('ledger', previous)).toBe('hunter2');
});

test('a master secret survives the loss of the whole machine', async () => {
  await using home = await openHome();
  await using elsewhere = await openHome();
  await home.sh('holdfast secret generate sso --to sso.tar --password-file pw');
  const master = await masterSecret(home);
  await elsewhere.sh(`holdfast restore ${home.path('sso.tar')} --to store:sso --password-file pw`);
  expect(await masterSecret(elsewhere)).toEqual(master);
});
