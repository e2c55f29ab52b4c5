import { globSync } from 'node:fs';

/** OpenSC's PKCS#11 module, wherever this architecture has its libraries. */
export function openscModule(): string {
  const path = globSync('/usr/lib/*/opensc-pkcs11.so')[0];
  if (path === undefined) throw new Error('opensc-pkcs11 is not installed');
  return path;
}
