import { tokenError } from '../errors.ts';
import type { Enrolment, KeyDetails, KeyProof, RequestOptions } from '../ports.ts';
import { assertAlias } from '../records/records.ts';
import { formatTokenUri } from '../uri/format.ts';
import type { Access } from './access.ts';
import { findKey } from './find-key.ts';
import { isSecretKey } from './known-key.ts';
import { proveKey } from './prove-key.ts';

/** Proves a key and records it under an alias. */
export async function enrolment(
  access: Access,
  what: { readonly alias: string; readonly name: string; readonly replace: boolean },
  options: RequestOptions,
): Promise<Enrolment> {
  const { alias, name, replace } = what;
  assertAlias(alias);
  // Before a PIN is asked for.
  if (!replace && (await access.records.read(alias)) !== null) {
    throw tokenError('TOKEN_ALIAS_EXISTS', `a token is enrolled as "${alias}" already`);
  }
  // What is to be recorded is what is there, whatever a record says.
  const named = { ...(await access.names.resolve(name)), enrolment: null };
  const key = await findKey(access, named, options, { remembered: false });
  const proof = await proveKey(key, access.ways, options);
  const { publicKey } = key.known;
  const now = wholeSeconds(new Date());
  const record: Enrolment = {
    ...proof,
    alias,
    uri: uriOf(proof.details),
    publicKey: publicKey === null ? null : Buffer.from(publicKey).toString('base64'),
    enrolled: now,
    tested: now,
  };
  await access.records.write(record, { replace });
  return record;
}

/** Proves a key again; when it is enrolled, the record says when that was. */
export async function proofOf(
  access: Access,
  name: string,
  options: RequestOptions,
): Promise<KeyProof> {
  const named = await access.names.resolve(name);
  const key = await findKey(access, named, options);
  const proof = await proveKey(key, access.ways, options);
  const { enrolment: before } = named;
  if (before !== null) {
    const tested = wholeSeconds(new Date());
    await access.records.write({ ...before, ...proof, tested }, { replace: true });
  }
  return proof;
}

/** The URI that names a key by what does not change with a login: labels may differ between its objects. */
function uriOf({ token, label, id, algorithm }: KeyDetails): string {
  return formatTokenUri({
    token: token.label,
    serial: token.serial,
    ...(id === '' ? { object: label } : { id }),
    type: isSecretKey(algorithm) ? 'secret-key' : 'private',
  });
}

function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
