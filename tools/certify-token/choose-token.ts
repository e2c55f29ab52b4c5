import type { ModuleReport, TokenInfo } from '@holdfast/token';

/** The URI of the only token that a module shows. Throws when there is none, or more than one. */
export function onlyToken({ path, error, slots }: ModuleReport): string {
  if (error !== null) throw new Error(`${path}: ${error.code}, ${error.message}`);
  const tokens = slots.flatMap(({ token }) => (token?.initialized === true ? [token] : []));
  const [token] = tokens;
  if (token === undefined) throw new Error(`${path} shows no token`);
  if (tokens.length > 1) {
    const names = tokens.map((one) => `  --token '${uriOf(one)}'   ${one.label}`);
    throw new Error(`there is more than one token; choose:\n${names.join('\n')}`);
  }
  return uriOf(token);
}

function uriOf({ label, serial }: TokenInfo): string {
  return `pkcs11:token=${encodeURIComponent(label)};serial=${encodeURIComponent(serial)}`;
}
