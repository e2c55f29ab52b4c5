import { ScryptIdentity, type Identity } from '@holdfast/age';
import type { BackupFile } from '../backup-file/reader.ts';
import type { Manifest, ManifestEnvelope, ManifestFactor } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { FactorSource } from '../ports.ts';
import { assertAgreement, assertBinding, type OpenedEnvelope } from './agreement.ts';
import { parseEnvelopeText } from './binding.ts';
import { openLayer, outermostFirst } from './layers.ts';

export interface OpeningOptions {
  /** Try every envelope, not only until one opens. */
  readonly all?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Why an envelope did not open. */
export interface OpeningFailure {
  readonly envelope: number;
  readonly code: string;
  readonly message: string;
}

/** An envelope of which only the password is left to give. */
interface Candidate {
  readonly entry: ManifestEnvelope;
  readonly file: Uint8Array;
}

/**
 * Opens what can be opened with the factors at hand: first what needs no password, then, asking for it,
 * what does. What was opened agrees with the manifest and with each other.
 *
 * @throws WRONG_PASSWORD, FACTOR_MISSING, PARTS_MISMATCH
 */
export async function openEnvelopes(
  backup: BackupFile,
  factors: FactorSource,
  { all = false, signal }: OpeningOptions,
): Promise<readonly OpenedEnvelope[]> {
  const { manifest } = backup;
  const options = signal === undefined ? {} : { signal };
  using held = new DisposableStack();
  const identities = await factors.identities();
  const opened: OpenedEnvelope[] = [];
  const candidates: Candidate[] = [];
  for (const entry of manifest.envelopes) {
    const file = await openOuterLayers(backup, entry, identities, held, options);
    if (file === null) continue;
    if (entry.factors.some(isPassword)) candidates.push({ entry, file });
    else opened.push(readEnvelope(entry, file, manifest));
    if (opened.length > 0 && !all) return opened;
  }
  opened.push(...(await openWithPassword(candidates, manifest, factors, { all, ...options })));
  if (opened.length === 0) {
    const wanted = `nothing given opens this backup, which takes ${factorsOf(manifest)}`;
    throw coreError('FACTOR_MISSING', wanted);
  }
  assertAgreement(opened);
  return opened;
}

/** Takes off every layer but that of a password; `null` when an identity for one is missing. */
async function openOuterLayers(
  { envelopes }: BackupFile,
  { files, factors }: ManifestEnvelope,
  identities: readonly Identity[],
  held: DisposableStack,
  options: { signal?: AbortSignal },
): Promise<Uint8Array | null> {
  let file = envelopes.get(files[0]?.path ?? '') ?? null;
  for (const factor of outermostFirst(factors)) {
    if (file === null || isPassword(factor)) break;
    file = held.use(await openLayer(file, identities, options))?.bytes ?? null;
  }
  return file;
}

/** Asks until a password opens one of them, or there is no more to ask. */
async function openWithPassword(
  candidates: readonly Candidate[],
  manifest: Manifest,
  factors: FactorSource,
  { all, ...options }: { all: boolean; signal?: AbortSignal },
): Promise<OpenedEnvelope[]> {
  if (candidates.length === 0) return [];
  const { secret, hint, created } = manifest;
  const envelopes = candidates.map(({ entry }) => entry.index);
  for (let attempt = 1; ; attempt += 1) {
    using password = await factors.password({ secret, hint, created, attempt, envelopes });
    if (password === null && attempt === 1) return [];
    if (password === null) throw coreError('WRONG_PASSWORD', 'wrong password');
    const opened: OpenedEnvelope[] = [];
    for (const { entry, file } of candidates) {
      using text = await openLayer(file, [new ScryptIdentity(password)], options);
      if (text !== null) opened.push(readEnvelope(entry, text.bytes, manifest));
      if (opened.length > 0 && !all) break;
    }
    if (opened.length > 0) return opened;
  }
}

function readEnvelope(
  { index }: ManifestEnvelope,
  text: Uint8Array,
  manifest: Manifest,
): OpenedEnvelope {
  const opened = { index, ...parseEnvelopeText(text) };
  assertBinding(opened, manifest);
  return opened;
}

function isPassword({ kind }: ManifestFactor): boolean {
  return kind === 'password';
}

function factorsOf({ envelopes }: Manifest): string {
  return envelopes.map(({ factors }) => factors.map(({ kind }) => kind).join(' + ')).join(', or ');
}
