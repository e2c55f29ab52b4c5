import { createHash } from 'node:crypto';
import type { MediumFacts } from './events.ts';

/**
 * The id of a medium in the register. It stays when the medium is given another label, and changes when it is
 * formatted. A clone has the same UUID on another stick, and another id.
 */
export function mediumId({
  uuid,
  serial,
  vendor,
  product,
}: Pick<MediumFacts, 'uuid' | 'serial' | 'vendor' | 'product'>): string {
  const text = JSON.stringify([uuid, serial, vendor, product]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
