import type { KeyDetails } from '@holdfast/token';

/** A key that is nowhere, as a manifest records one. */
export function keyDetails(change: Partial<KeyDetails> = {}): KeyDetails {
  return {
    token: { label: 'lab', serial: '0123456789abcdef' },
    label: 'kek',
    id: '01',
    algorithm: 'p256',
    fingerprint: 'ab'.repeat(32),
    ...change,
  };
}
