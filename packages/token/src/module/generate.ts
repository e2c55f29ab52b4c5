import { tokenError } from '../errors.ts';
import type { NewKey } from '../ports.ts';
import type { Attribute, Handle } from './cryptoki-call.ts';
import { CKA, CKM } from './cryptoki-constants.ts';
import type { TokenSession } from './token-session.ts';

/** OID 1.2.840.10045.3.1.7. */
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const F4 = Buffer.from([1, 0, 1]);
const SECRET_LENGTH = 32;

/** Makes a key that never leaves the token. Throws KEY_EXISTS, TOKEN_READ_ONLY. */
export function generate(session: TokenSession, key: NewKey): void {
  const pair = key.kind === 'p256' || key.kind === 'rsa';
  refuseTwin(session, pair ? 'private' : 'secret', key);
  session.withWriting((writable) => {
    make(session, writable, key);
  });
  session.forgetKeys();
}

function refuseTwin(session: TokenSession, kind: 'private' | 'secret', key: NewKey): void {
  if (key.label === '' || key.id === '') throw new TypeError('a key needs a label and an id');
  const taken =
    session.labelled(kind, key.label).length > 0
      ? `label "${key.label}"`
      : session.matching(kind, key.id).length > 0
        ? `id ${key.id}`
        : null;
  if (taken !== null) throw tokenError('KEY_EXISTS', `the token has a key with the ${taken}`);
}

function make({ cryptoki }: TokenSession, session: Handle, key: NewKey): void {
  const named: readonly Attribute[] = [
    { type: CKA.TOKEN, value: true },
    { type: CKA.LABEL, value: Buffer.from(key.label) },
    { type: CKA.ID, value: Buffer.from(key.id, 'hex') },
  ];
  const secret = (...uses: readonly number[]): readonly Attribute[] => [
    ...named,
    { type: CKA.PRIVATE, value: true },
    { type: CKA.SENSITIVE, value: true },
    { type: CKA.EXTRACTABLE, value: false },
    ...uses.map((type) => ({ type, value: true })),
  ];
  switch (key.kind) {
    case 'p256':
      cryptoki.generateKeyPair(
        session,
        { mechanism: CKM.EC_KEY_PAIR_GEN },
        [...named, { type: CKA.EC_PARAMS, value: P256 }],
        secret(CKA.DERIVE),
      );
      return;
    case 'rsa':
      cryptoki.generateKeyPair(
        session,
        { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN },
        [
          ...named,
          { type: CKA.MODULUS_BITS, value: key.bits },
          { type: CKA.PUBLIC_EXPONENT, value: F4 },
        ],
        secret(CKA.DECRYPT),
      );
      return;
    case 'aes':
    case 'hmac':
      cryptoki.generateKey(
        session,
        { mechanism: key.kind === 'aes' ? CKM.AES_KEY_GEN : CKM.GENERIC_SECRET_KEY_GEN },
        [...secret(CKA.SIGN), { type: CKA.VALUE_LEN, value: SECRET_LENGTH }],
      );
  }
}
