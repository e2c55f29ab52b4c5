import { randomBytes } from 'node:crypto';
import type { NewKey } from '@holdfast/core';
import { usageError } from './usage.ts';

export interface NewKeyArgs {
  readonly uri: string;
  readonly label?: string | undefined;
  readonly type: 'p256' | 'rsa' | 'aes' | 'hmac';
  readonly bits?: number | undefined;
  readonly id?: string | undefined;
}

const DEFAULT_BITS = 2048;
const ID_BYTES = 8;

/**
 * The key to make, and the URI of the token to make it on. What the URI says of the key itself (`object=`,
 * `id=`) is taken for the new one, as the command that later names it by the same URI expects.
 *
 * @throws USAGE
 */
export async function newKeyGiven(args: NewKeyArgs): Promise<{ token: string; key: NewKey }> {
  const { token, object, id: idInUri } = await splitUri(args.uri);
  const label = await onlyOne('label', args.label, object);
  if (label === undefined || label === '') {
    throw await usageError('give the key a label: --label, or object= in the URI');
  }
  const givenId = await onlyOne('id', args.id?.toLowerCase(), idInUri);
  if (givenId !== undefined && !/^(?:[0-9a-f]{2}){1,64}$/.test(givenId)) {
    throw await usageError('--id takes 1 to 64 bytes in hexadecimal, such as 01');
  }
  const named = { label, id: givenId ?? randomBytes(ID_BYTES).toString('hex') };
  if (args.type !== 'rsa') {
    if (args.bits !== undefined) throw await usageError('--bits is for RSA keys only');
    return { token, key: { ...named, kind: args.type } };
  }
  const { bits = DEFAULT_BITS } = args;
  if (bits !== 2048 && bits !== 3072 && bits !== 4096) {
    throw await usageError('--bits takes 2048, 3072 or 4096');
  }
  return { token, key: { ...named, kind: 'rsa', bits } };
}

async function onlyOne(
  what: string,
  option: string | undefined,
  inUri: string | undefined,
): Promise<string | undefined> {
  if (option === undefined || inUri === undefined || option === inUri) return option ?? inUri;
  throw await usageError(`the URI and --${what} name two different keys`);
}

/** Takes `object` and `id` out of a token's URI, and leaves its check to those who read URIs. */
async function splitUri(
  uri: string,
): Promise<{ token: string; object: string | undefined; id: string | undefined }> {
  const [, scheme = '', path = '', query = ''] = /^(pkcs11:)([^?]*)(.*)$/is.exec(uri) ?? [];
  if (scheme === '') return { token: uri, object: undefined, id: undefined };
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (const attribute of path.split(';')) {
    const [, name, value = ''] = /^(object|id)=(.*)$/s.exec(attribute) ?? [];
    if (name === undefined || own.has(name)) rest.push(attribute);
    else own.set(name, value);
  }
  const object = own.get('object');
  const id = own.get('id');
  return {
    token: `${scheme}${rest.join(';')}${query}`,
    object: object === undefined ? undefined : (await decoded(object)).toString('utf8'),
    id: id === undefined ? undefined : (await decoded(id)).toString('hex'),
  };
}

async function decoded(value: string): Promise<Buffer> {
  if (/%(?![0-9a-f]{2})/i.test(value)) {
    throw await usageError('the URI has a % that two hexadecimal digits do not follow');
  }
  const parts = value.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'),
    ),
  );
}
