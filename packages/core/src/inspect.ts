import type { Manifest } from './backup-file/manifest.ts';
import type { Instance } from './instance/instance.ts';
import type { SignatureStatus } from './instance/signature-status.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { summarizeEnvelopes, type EnvelopeSummary } from './summary.ts';

/** What a backup says of itself. Nothing but a trusted signature makes it true. */
export interface Inspection extends Pick<
  Manifest,
  | 'format'
  | 'id'
  | 'generation'
  | 'secret'
  | 'created'
  | 'host'
  | 'holdfast'
  | 'hint'
  | 'kind'
  | 'waivers'
> {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly payload: { readonly size: number; readonly digest: string };
  readonly envelopes: readonly EnvelopeSummary[];
  readonly signature: SignatureStatus;
}

/**
 * Reads who can open a backup, its hint and its signer. Needs no factor, and does not read the payload.
 *
 * @throws NOT_A_BACKUP, FORMAT_UNSUPPORTED, BACKUP_DAMAGED, SIGNATURE_INVALID
 */
export async function inspect(path: string, instance: Instance): Promise<Inspection> {
  await using backup = await openBackup(path, instance);
  return describe(path, backup);
}

/** The inspection of a backup that is open already. */
export function describe(path: string, { file, signature }: OpenBackup): Inspection {
  const { format, id, generation, secret, created, host, holdfast, hint, kind, waivers } =
    file.manifest;
  return {
    path,
    format,
    id,
    generation,
    secret,
    created,
    host,
    holdfast,
    hint,
    kind,
    waivers,
    size: file.size,
    payload: { size: file.payload.size, digest: file.manifest.payload.digest },
    envelopes: summarizeEnvelopes(file.manifest.envelopes),
    signature,
  };
}
