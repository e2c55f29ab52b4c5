import type { SheetFacts } from '../facts.ts';

const WORDS = 'celery account estate forum sudden citizen cruise vehicle mix empower ahead purse '
  .repeat(2)
  .trim()
  .split(' ');

/** A password backup that a trusted signer signed. */
export function sampleFacts(change: Partial<SheetFacts> = {}): SheetFacts {
  return {
    format: 'holdfast-backup/1',
    id: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55',
    generation: 2,
    secret: 'gitlab-secrets.json',
    created: '2026-11-22T20:24:07Z',
    host: 'gitlab-1',
    holdfast: '0.1.0',
    hint: 'the usual, with the year',
    kind: 'file',
    waivers: [],
    size: 7680,
    file: 'gitlab-secrets.json-20261122T202407Z-3f1a52a0.tar',
    envelopes: [{ index: 1, factors: [{ kind: 'password' }], files: [] }],
    signature: {
      status: 'trusted',
      principal: 'this instance',
      signer: { publicKey: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:JQAxNa3diFKN', words: WORDS },
    },
    copies: [],
    custodians: [],
    printed: '2026-11-26T03:00:00Z',
    codes: null,
    ...change,
  };
}
