import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@holdfast/age';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initInstance, type InitReport } from '../instance/init.ts';
import { instanceAt, type Instance } from '../instance/instance.ts';
import {
  EC,
  openDesk,
  openTokenScene,
  person,
  tokensOn,
  type Desk,
  type Person,
} from '../testing/token-scene.ts';
import { storeOf } from './store.ts';

const timeout = 60_000;
const KEY = 'pkcs11:token=lab;object=kek';

let lab: Desk;
let spare: Desk;

beforeAll(async () => {
  lab = await openDesk('lab', EC, { label: 'aes', id: '02', kind: 'aes' });
  spare = await openDesk('spare', EC);
}, timeout);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await spare[Symbol.asyncDispose]();
}, timeout);

async function openHouse() {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openTokenScene());
  const { instance } = scene.run();
  const held = stack.move();
  return {
    instance,
    folder: instance.folder,
    files: async () => (await readdir(instance.folder)).filter((name) => name.startsWith('store-')),
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

async function init(
  instance: Instance,
  desk: Desk,
  storeTokens: readonly string[],
  pins = person(),
): Promise<InitReport> {
  await using tokens = tokensOn(desk, instance, pins);
  return await initInstance(instance, { storeTokens, tokens });
}

async function enroll(instance: Instance, desk: Desk, alias: string): Promise<void> {
  await using tokens = tokensOn(desk, instance, person());
  const open = await tokens.open();
  await open.enroll(alias, `pkcs11:token=${desk.token.label};object=kek`);
}

async function read(
  instance: Instance,
  desk: Desk | null,
  pins: Person = person(),
): Promise<string> {
  await using tokens = desk && tokensOn(desk, instance, pins);
  using secret = await storeOf(instance, { tokens: tokens ?? undefined }).read('sso');
  return Buffer.from(secret.bytes).toString();
}

async function put(instance: Instance, text: string): Promise<void> {
  const store = storeOf(instance);
  using value = Secret.fromText(text);
  const there = (await store.list()).length > 0;
  await (there ? store.rotate('sso', { value }) : store.import('sso', value));
}

test(
  'a new store that a token holds takes it for reading, and nothing for writing',
  { timeout },
  async () => {
    await using house = await openHouse();
    const { instance } = house;
    const report = await init(instance, lab, [KEY]);
    expect(report).toMatchObject({
      made: expect.arrayContaining(['store identity']),
      storeTokens: [{ token: { label: 'lab', serial: lab.token.serial }, label: 'kek' }],
      warnings: [expect.stringContaining('only')],
    });
    expect(await house.files()).toEqual(['store-identity.age', 'store-identity.json']);
    await put(instance, 'one');
    await put(instance, 'two');
    const pins = person();
    expect(await read(instance, lab, pins)).toBe('two');
    expect(pins.asked.length).toBe(1);
    expect(await house.files()).toEqual(['store-identity.age', 'store-identity.json']);
  },
);

test.each(['kek', 'aes'])(
  'a store in clear is given to the key %s, with what is in it',
  { timeout },
  async (object) => {
    await using house = await openHouse();
    const { instance } = house;
    await put(instance, 'one');
    expect(await initInstance(instance)).toMatchObject({ storeTokens: [] });
    await init(instance, lab, [`pkcs11:token=lab;object=${object}`]);
    expect(await house.files()).not.toContain('store-identity.txt');
    expect(await read(instance, lab)).toBe('one');
    expect((await initInstance(instance)).storeTokens).toMatchObject([{ label: object }]);
  },
);

test(
  'without its token the store is a typed error, and the values in it stay',
  { timeout },
  async () => {
    await using house = await openHouse();
    const { instance } = house;
    await put(instance, 'one');
    await init(instance, lab, [KEY]);
    await expect(read(instance, null)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    const pins = person();
    await expect(read(instance, spare, pins)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect(pins.asked).toEqual([]);
    const wrong = person('99999999');
    await expect(read(instance, lab, wrong)).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    expect(wrong.asked.length).toBe(1);
    expect(await read(instance, lab)).toBe('one');
  },
);

test(
  'either of two tokens opens the store, and one that is not there is told as unproven',
  { timeout },
  async () => {
    await using house = await openHouse();
    const { instance } = house;
    await put(instance, 'one');
    await enroll(instance, spare, 'spare-hsm');
    const report = await init(instance, lab, [KEY, 'spare-hsm']);
    expect(report.warnings).toEqual([expect.stringContaining('was not here to prove')]);
    expect(await read(instance, lab)).toBe('one');
    expect(await read(instance, spare)).toBe('one');
  },
);

test('no identity is given away that no token proved to open', { timeout }, async () => {
  await using house = await openHouse();
  const { instance } = house;
  await put(instance, 'one');
  await enroll(instance, spare, 'spare-hsm');
  await expect(init(instance, lab, ['spare-hsm'])).rejects.toMatchObject({
    code: 'TOKEN_NOT_FOUND',
  });
  await expect(init(instance, lab, [KEY], person('99999999'))).rejects.toMatchObject({
    code: 'PIN_INCORRECT',
  });
  expect(await house.files()).toEqual(['store-identity.txt']);
  expect(await read(instance, null)).toBe('one');
});

test('asking again for the same token changes nothing and takes no PIN', { timeout }, async () => {
  await using house = await openHouse();
  const { instance } = house;
  await init(instance, lab, [KEY]);
  const before = await readFile(join(house.folder, 'store-identity.age'));
  const pins = person();
  expect(await init(instance, lab, [KEY], pins)).toMatchObject({ made: [] });
  expect(pins.asked).toEqual([]);
  expect(await readFile(join(house.folder, 'store-identity.age'))).toEqual(before);
});

test('a store goes from one token to others', { timeout }, async () => {
  await using house = await openHouse();
  const { instance } = house;
  await put(instance, 'one');
  await init(instance, lab, [KEY]);
  await enroll(instance, spare, 'spare-hsm');
  await init(instance, lab, [KEY, 'spare-hsm']);
  expect(await read(instance, spare)).toBe('one');
  // The spare one alone now, which only the token before can make so; the spare one proves it.
  await expect(init(instance, lab, ['spare-hsm'])).rejects.toMatchObject({
    code: 'TOKEN_NOT_FOUND',
  });
  await init(instance, spare, ['spare-hsm']);
  await expect(read(instance, lab)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  expect(await read(instance, spare)).toBe('one');
});

test('wherever giving the identity away stops, the store can be read', { timeout }, async () => {
  await using house = await openHouse();
  const { instance, folder } = house;
  await put(instance, 'one');
  const plain = await readFile(join(folder, 'store-identity.txt'));
  await init(instance, lab, [KEY]);
  // Before the last step: the identity lies there in clear as well.
  await writeFile(join(folder, 'store-identity.txt'), plain);
  expect(await read(instance, null)).toBe('one');
  await put(instance, 'two');
  expect(await read(instance, null)).toBe('two');
  // Before the second: the list of tokens without the file.
  await rm(join(folder, 'store-identity.age'));
  expect(await read(instance, null)).toBe('two');
  expect(await init(instance, lab, [KEY])).toMatchObject({ made: [] });
  expect(await house.files()).not.toContain('store-identity.txt');
  expect(await read(instance, lab)).toBe('two');
});

test('a list of tokens that is damaged, or of another store, is noticed', { timeout }, async () => {
  await using house = await openHouse();
  const { instance, folder } = house;
  await put(instance, 'one');
  await init(instance, lab, [KEY]);
  const path = join(folder, 'store-identity.json');
  const good = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, '{}');
  await expect(read(instance, lab)).rejects.toMatchObject({ code: 'STATE_INVALID' });
  const { generateIdentity } = await import('@holdfast/age');
  const recipient = String(generateIdentity().recipient());
  await writeFile(path, JSON.stringify({ ...good, recipient }));
  await expect(read(instance, lab)).rejects.toMatchObject({ code: 'STATE_INVALID' });
});

test('a restore into a store that a token holds takes no token', { timeout }, async () => {
  await using house = await openHouse();
  const { instance } = house;
  await init(instance, lab, [KEY]);
  await put(instance, 'one');
  const pins = person();
  await using tokens = tokensOn(lab, instance, pins);
  const target = storeOf(instance, { tokens }).target('sso');
  await target.consume(
    (async function* () {
      yield Buffer.from('restored');
    })(),
    {},
  );
  expect(pins.asked).toEqual([]);
  expect(await read(instance, lab)).toBe('restored');
});

test('another folder is another store', async () => {
  await using house = await openHouse();
  const other = instanceAt({ folder: join(house.folder, '../other') });
  await put(other, 'x');
  expect(await read(other, null)).toBe('x');
});
