import { createRequire } from 'node:module';
import type * as Driver from 'pkcs11js';
import { tokenError } from '../errors.ts';

/** The one place that pkcs11js is loaded from; it may not be installed. */
export function requireDriver(): typeof Driver {
  try {
    return createRequire(import.meta.url)('pkcs11js') as typeof Driver;
  } catch (cause) {
    throw tokenError('TOKEN_SUPPORT_MISSING', 'the package pkcs11js is not installed', { cause });
  }
}

let names: ReadonlyMap<number, string> | null = null;

/** CKM_…; the number in hexadecimal of one that pkcs11js has no name for. */
export function mechanismName(mechanism: number): string {
  names ??= mechanismNames(requireDriver());
  return names.get(mechanism) ?? `0x${mechanism.toString(16).padStart(8, '0')}`;
}

function mechanismNames(driver: typeof Driver): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(driver)) {
    if (name.startsWith('CKM_') && typeof value === 'number' && !names.has(value)) {
      names.set(value, name);
    }
  }
  return names;
}
