import { tokenError } from '../errors.ts';
import type { NewKey, RequestOptions } from '../ports.ts';
import type { Access } from './access.ts';
import { findKey } from './find-key.ts';
import type { NamedKey } from './names.ts';
import type { TokenKey } from './token-key.ts';

/** Makes a key on the token that is named. What can be seen to be in the way is told before the PIN is asked for. */
export async function generateOn(
  access: Access,
  { name, uri }: NamedKey,
  key: NewKey,
  options: RequestOptions,
): Promise<TokenKey> {
  const { object: _object, id: _id, type: _type, ...token } = uri;
  const found = await access.theToken(token, options);
  const { label } = found.place;
  if (found.slot.token.writeProtected) {
    throw tokenError('TOKEN_READ_ONLY', `the token "${label}" is write protected`);
  }
  const kind = key.kind === 'p256' || key.kind === 'rsa' ? 'private' : 'secret';
  const entries = await access.look(found, options);
  const taken = entries.find(
    (entry) => entry.class === kind && (entry.id === key.id || entry.label === key.label),
  );
  if (taken !== undefined) {
    const message = `the token "${label}" has a key "${taken.label}" with the id ${taken.id}`;
    throw tokenError('KEY_EXISTS', message);
  }
  await access.logIn(found, { label: key.label, id: key.id }, uri, options);
  await found.module.generate(found.place, key, options);
  const made = {
    ...token,
    token: label,
    serial: found.place.serial,
    id: key.id,
    type: kind === 'secret' ? 'secret-key' : 'private',
  } as const;
  return await findKey(access, { name, uri: made, enrolment: null }, options);
}
