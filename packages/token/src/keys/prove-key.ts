import { constants, createECDH, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { SSH_RSA_OAEP_LABEL, TagRecipient, type HoldfastError, type Secret } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { KeyProof, OaepHash, RequestOptions } from '../ports.ts';
import { openOaepMessage } from '../stanzas/oaep.ts';
import { parsePrfStanza, PRF_STANZA, unwrapWithPrf, wrapWithPrf } from '../stanzas/prf.ts';
import { RSA_KEM_STANZA } from '../stanzas/rsa-kem.ts';
import { hasCode } from './has-code.ts';
import { assertKeyId, MAC_METHODS } from './key-stanzas.ts';
import type { RsaWays } from './rsa-ways.ts';
import type { KeyOperations, TokenKey } from './token-key.ts';
import { custodyWarnings } from './usability.ts';
import { WAYS } from './ways.ts';

type Tried = KeyProof['tried'];
interface Trial {
  readonly way: string;
  /** Whether the answer is right. */
  readonly run: (operations: KeyOperations) => Promise<boolean>;
}

const NO_CLAIMS = {
  sensitive: null,
  alwaysSensitive: null,
  extractable: null,
  neverExtractable: null,
  local: null,
};

/**
 * Tries each way in which the key could work, with keys and secrets made for it, so that the answers can be
 * compared: a token that answers wrongly does not work. Takes a login. Throws KEY_UNUSABLE when none works.
 */
export async function proveKey(
  key: TokenKey,
  ways: RsaWays,
  options: RequestOptions,
): Promise<KeyProof> {
  const { details } = key.known;
  const trials = trialsOf(key);
  const tried = await key.use(async (operations) => await runAll(trials, operations), options);
  const stanza = stanzaFor(key, tried);
  if (stanza === null) {
    const names = tried.map(({ way }) => way).join(', ');
    const message = `the key "${details.label}" cannot serve: the token does none of ${names}`;
    throw tokenError('KEY_UNUSABLE', message);
  }
  ways.recall(key, { tried });
  const claims = key.claims ?? NO_CLAIMS;
  return {
    details,
    stanza,
    tried,
    alwaysAuthenticate: key.alwaysAuthenticate,
    claims,
    warnings: custodyWarnings(claims),
  };
}

async function runAll(trials: readonly Trial[], operations: KeyOperations): Promise<Tried> {
  const tried: { way: string; works: boolean }[] = [];
  let failure: HoldfastError | null = null;
  for (const { way, run } of trials) {
    try {
      tried.push({ way, works: await run(operations) });
    } catch (error) {
      // What the token refuses may end the login: then what it refused is the cause.
      if (failure !== null && hasCode(error, 'PIN_NEEDED')) throw failure;
      if (!hasCode(error, 'TOKEN_FAILED')) throw error;
      failure = error;
      tried.push({ way, works: false });
    }
  }
  return tried;
}

function trialsOf(key: TokenKey): readonly Trial[] {
  const { details, publicKey } = key.known;
  const { algorithm, fingerprint } = details;
  if (algorithm === 'aes' || algorithm === 'hmac') {
    const way = algorithm === 'aes' ? WAYS.cmac : WAYS.hmac;
    return [{ way, run: async (operations) => await provePrf(algorithm, fingerprint, operations) }];
  }
  if (publicKey === null) return [];
  if (algorithm === 'p256') {
    return [{ way: WAYS.agree, run: async (operations) => await proveEcdh(publicKey, operations) }];
  }
  return rsaTrials(publicKey);
}

/** ECDH with a key of our own: only who has the private half of `publicKey` gets what we get. */
async function proveEcdh(publicKey: Uint8Array, { agree }: KeyOperations): Promise<boolean> {
  const own = createECDH('prime256v1');
  const point = own.generateKeys();
  const expected = own.computeSecret(TagRecipient.fromPublicKey(publicKey).point);
  using shared = await agree(point);
  return expected.equals(shared.bytes);
}

function rsaTrials(publicKey: Uint8Array): readonly Trial[] {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const trial = (
    way: string,
    oaepHash: OaepHash,
    label: Uint8Array | null,
    open: (operations: KeyOperations, ciphertext: Uint8Array) => Promise<Secret | null>,
  ): Trial => ({
    way,
    run: async (operations) => {
      const message = randomBytes(label === null ? 32 : 16);
      const oaepLabel = label === null ? {} : { oaepLabel: label };
      const ciphertext = publicEncrypt({ key, padding, oaepHash, ...oaepLabel }, message);
      using opened = await open(operations, ciphertext);
      return opened !== null && message.equals(opened.bytes);
    },
  });
  const oaep = (way: string, hash: OaepHash, label: Uint8Array | null): Trial =>
    trial(
      way,
      hash,
      label,
      async ({ decrypt }, ciphertext) => await decrypt({ kind: 'oaep', hash, label }, ciphertext),
    );
  return [
    oaep(WAYS.oaep, 'sha256', SSH_RSA_OAEP_LABEL),
    trial(WAYS.raw, 'sha256', SSH_RSA_OAEP_LABEL, async ({ decrypt }, ciphertext) => {
      using block = await decrypt({ kind: 'raw' }, ciphertext);
      return openOaepMessage(block.bytes, 'sha256', SSH_RSA_OAEP_LABEL);
    }),
    oaep(WAYS.kemSha256, 'sha256', null),
    oaep(WAYS.kemSha1, 'sha1', null),
  ];
}

/** A file key that goes through the token and back; and the key's id, which must be the one that was found. */
async function provePrf(
  algorithm: 'aes' | 'hmac',
  fingerprint: string,
  operations: KeyOperations,
): Promise<boolean> {
  const method = MAC_METHODS[algorithm];
  const mac = async (message: Uint8Array): Promise<Secret> => await operations.mac(method, message);
  await assertKeyId(fingerprint, method, operations.mac);
  const fileKey = randomBytes(16);
  const keyId = Buffer.from(fingerprint, 'hex');
  const stanza = parsePrfStanza(await wrapWithPrf(fileKey, { method, keyId, mac }));
  if (stanza === null) return false;
  using opened = await unwrapWithPrf(stanza, mac);
  // A token that answers the same whatever it is asked would pass all but this.
  using first = await mac(Uint8Array.of(1));
  using second = await mac(Uint8Array.of(2));
  const differs = !Buffer.from(first.bytes).equals(second.bytes);
  return opened !== null && fileKey.equals(opened.bytes) && differs;
}

function stanzaFor({ known: { details } }: TokenKey, tried: Tried): string | null {
  const works = (...names: readonly string[]): boolean =>
    tried.some((one) => one.works && names.includes(one.way));
  switch (details.algorithm) {
    case 'p256':
      return works(WAYS.agree) ? 'p256tag' : null;
    case 'rsa':
      if (works(WAYS.oaep, WAYS.raw)) return 'ssh-rsa';
      return works(WAYS.kemSha256, WAYS.kemSha1) ? RSA_KEM_STANZA : null;
    case 'aes':
    case 'hmac':
      return works(WAYS.cmac, WAYS.hmac) ? PRF_STANZA : null;
  }
}
