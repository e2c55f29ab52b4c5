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

/** CKM_… by number. */
export function mechanismNames(driver: typeof Driver): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(driver)) {
    if (name.startsWith('CKM_') && typeof value === 'number' && !names.has(value)) {
      names.set(value, name);
    }
  }
  return names;
}
