import { ScryptIdentity } from '@holdfast/age';
import type { Manifest } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { FactorSource } from '../ports.ts';
import type { OpenedEnvelope } from './agreement.ts';
import { readEnvelope, type Candidate } from './candidate.ts';
import { openLayer } from './layers.ts';

/**
 * Asks until a password opens one of them, or with `all` any number, or there is no more to ask. Empty when
 * there is no password at all.
 *
 * @throws WRONG_PASSWORD, PARTS_MISMATCH, and what asking ends with
 */
export async function tryPasswords(
  candidates: readonly Candidate[],
  manifest: Manifest,
  factors: FactorSource,
  {
    all,
    signal,
    orQuorum,
  }: {
    readonly all: boolean;
    readonly signal: AbortSignal | undefined;
    readonly orQuorum: boolean;
  },
): Promise<OpenedEnvelope[]> {
  if (candidates.length === 0) return [];
  const { secret, hint, created } = manifest;
  const envelopes = candidates.map(({ entry }) => entry.index);
  for (let attempt = 1; ; attempt += 1) {
    const about = { secret, hint, created, envelopes, ...(orQuorum && { orQuorum }) };
    using password = await factors.password({ ...about, attempt });
    if (password === null && attempt === 1) return [];
    if (password === null) throw coreError('WRONG_PASSWORD', 'wrong password');
    const opened: OpenedEnvelope[] = [];
    for (const { entry, file } of candidates) {
      using text = await openLayer(file, [new ScryptIdentity(password)], signal ? { signal } : {});
      if (text !== null) opened.push(readEnvelope(entry, text.bytes, manifest));
      if (opened.length > 0 && !all) break;
    }
    if (opened.length > 0) return opened;
  }
}
