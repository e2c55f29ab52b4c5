import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  decrypt,
  encrypt,
  generateIdentity,
  HoldfastError,
  Secret,
  type Stanza,
} from '@holdfast/age';

import type { KeyPlace, KeyReport, PresentKey, TokenModule, Tokens } from '../../ports.ts';
import { keyCheck, type KeyCheck } from './check.ts';
import { endModuleProcesses } from './module-processes.ts';
import type { ContractSubject } from './subject.ts';

const AT_ONCE = 6;
/** Of no RSA modulus and no point. */
const WRONG_LENGTHS = [1, 17, 64, 255, 257, 513];

export const KEY_CHECKS: readonly KeyCheck[] = [
  keyCheck('opens what was sealed to it', async (subject, key) => {
    await using tokens = subject.openTokens();
    const { identity, recipient, details } = await tokens.find(key.uri);
    const plaintext = randomBytes(100_000);
    const file = await encrypt(plaintext, [recipient]);
    assert.deepEqual(Buffer.from(await decrypt(file, [identity])), plaintext);
    assert.deepEqual(Buffer.from(await decrypt(file, [tokens.identity(details)])), plaintext);
  }),
  keyCheck('opens several at the same time', async (subject, key) => {
    await using tokens = subject.openTokens();
    const present = await tokens.find(key.uri);
    const before = subject.pinsGiven();
    await Promise.all(Array.from({ length: AT_ONCE }, async () => await roundTrip(present)));
    const given = subject.pinsGiven() - before;
    assert.ok(given <= (key.alwaysAuthenticate ? 2 * AT_ONCE : 1), `${given} PINs were asked for`);
  }),
  keyCheck(
    'takes its PIN at every use',
    async (subject, key) => {
      await using tokens = subject.openTokens();
      const present = await tokens.find(key.uri);
      for (let use = 0; use < 3; use++) await roundTrip(present);
      assert.equal(await subject.tries(), 'full');
    },
    ({ alwaysAuthenticate }) => alwaysAuthenticate,
  ),
  keyCheck('passes over what is for others, without a PIN', async (subject, key) => {
    const recipient = generateIdentity().recipient();
    await using tokens = subject.openTokens();
    const present = await tokens.find(key.uri);
    using fileKey = Secret.random(16);
    const own = await present.recipient.wrapFileKey(fileKey.bytes);
    const others = [...(await recipient.wrapFileKey(fileKey.bytes)), ...own.map(withOtherTag)];

    await using fresh = subject.openTokens();
    const { identity } = await fresh.find(key.uri);
    const before = subject.pinsGiven();
    assert.equal(await identity.unwrapFileKey(others), null);
    assert.equal(subject.pinsGiven(), before);
  }),
  keyCheck('refuses what was altered, and opens the next', async (subject, key) => {
    await using tokens = subject.openTokens();
    const present = await tokens.find(key.uri);
    using fileKey = Secret.random(16);
    const stanzas = await present.recipient.wrapFileKey(fileKey.bytes);
    for (const alter of [withFlippedBody, withShortBody, withLongBody]) {
      await opensNothing(present, stanzas.map(alter));
      await roundTrip(present);
    }
  }),
  keyCheck(
    'answers a ciphertext of the wrong length with an error of ours',
    async (subject, key) => {
      await tryWrongLengths(subject, key);
      assert.equal(await subject.tries(), 'full');
      await using tokens = subject.openTokens();
      await roundTrip(await tokens.find(key.uri));
    },
    ({ algorithm }) => algorithm === 'rsa' || algorithm === 'p256',
  ),
  keyCheck('is proven at enrolment, and again later', async (subject, key) => {
    await using tokens = subject.openTokens();
    const enrolment = await tokens.enroll('contract', key.uri, { replace: true });
    try {
      assert.ok(enrolment.tried.some(({ works }) => works));
      if (key.fingerprint !== null) assert.equal(enrolment.details.fingerprint, key.fingerprint);
      const proof = await tokens.test('contract');
      assert.equal(proof.stanza, enrolment.stanza);
      const enrolments = await tokens.enrolments();
      assert.ok(enrolments.some(({ alias }) => alias === 'contract'));
      await roundTrip(await tokens.find('contract'));
    } finally {
      await tokens.forget('contract');
    }
  }),
  keyCheck('works again after the module’s process was lost', async (subject, key) => {
    await using tokens = subject.openTokens();
    const present = await tokens.find(key.uri);
    await roundTrip(present);
    assert.ok((await endModuleProcesses()) > 0);
    await roundTrip(await found(tokens, key));
    assert.equal(await subject.tries(), 'full');
  }),
];

async function roundTrip({ recipient, identity }: PresentKey): Promise<void> {
  using fileKey = Secret.random(16);
  const stanzas = await recipient.wrapFileKey(fileKey.bytes);
  using opened = await identity.unwrapFileKey(stanzas);
  assert.ok(opened !== null, 'it does not know what was sealed to it');
  assert.deepEqual(opened.bytes, fileKey.bytes);
}

/** The request under way when a process ends fails; the next one begins anew. */
async function found(tokens: Tokens, key: KeyReport): Promise<PresentKey> {
  try {
    return await tokens.find(key.uri);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'MODULE_CRASHED') throw error;
    return await tokens.find(key.uri);
  }
}

async function opensNothing({ identity }: PresentKey, stanzas: readonly Stanza[]): Promise<void> {
  try {
    using opened = await identity.unwrapFileKey(stanzas);
    assert.equal(opened, null);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
  }
}

/** In a process that ends with it: some modules keep a reader for themselves after an error. */
async function tryWrongLengths(subject: ContractSubject, key: KeyReport): Promise<void> {
  await using module = subject.openModule();
  await subject.login(module);
  using pin = subject.target.openPin();
  const options = key.alwaysAuthenticate ? { pin } : {};
  const place = await placeOf(subject, module, key);
  for (const length of WRONG_LENGTHS) {
    const bytes = randomBytes(length);
    if (!(await module.isLoggedIn(subject.place))) await subject.login(module);
    await isTyped(
      key.algorithm === 'rsa'
        ? module.decrypt(place, { kind: 'oaep', hash: 'sha256', label: null }, bytes, options)
        : module.agree(place, bytes, options),
    );
  }
}

async function isTyped(promise: Promise<Secret>): Promise<void> {
  try {
    using secret = await promise;
    assert.fail(`it gave ${secret.bytes.length} bytes`);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
  }
}

/** A private key may have another label than what belongs to it. */
async function placeOf(
  { place }: ContractSubject,
  module: TokenModule,
  { id }: KeyReport,
): Promise<KeyPlace> {
  const objects = await module.objects(place);
  const own = objects.find((object) => object.class === 'private' && object.id === id);
  assert.ok(own !== undefined);
  return { token: place, class: 'private', id, label: own.label };
}

function withOtherTag(stanza: Stanza): Stanza {
  const [type = '', , ...rest] = stanza.args;
  const tag = randomBytes(4).toString('base64').replaceAll('=', '');
  return { args: [type, tag, ...rest], body: stanza.body };
}

function withFlippedBody({ args, body }: Stanza): Stanza {
  const flipped = Uint8Array.from(body);
  flipped[flipped.length - 1]! ^= 1;
  return { args, body: flipped };
}

function withShortBody({ args, body }: Stanza): Stanza {
  return { args, body: body.subarray(1) };
}

function withLongBody({ args, body }: Stanza): Stanza {
  return { args, body: Buffer.concat([body, Buffer.alloc(1)]) };
}
