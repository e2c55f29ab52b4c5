import { hostname } from 'node:os';
import type { HoldfastError } from '@holdfast/age';
import { assertDestination, writeFileDurably } from '@holdfast/media/durable';
import { sha256Hex } from '../backup-file/manifest.ts';
import type { SigningKey } from '../instance/signing-key.ts';
import type { OpenBackup } from '../open-backup.ts';
import { actorAt } from '../record/actor.ts';
import { VERSION } from '../version.ts';
import { claimsOf } from './claims.ts';
import type { OpenCopy } from './open-copy.ts';
import {
  DRILL_NAMESPACE,
  encodeReceipt,
  RECEIPT_FORMAT,
  type DrilledBackup,
  type Receipt,
} from './receipt.ts';
import type { SignedReceipt } from './receipt-folder.ts';
import type { Progressing } from './rehearse.ts';

/** A drill that is over. */
export interface Ended {
  readonly id: string;
  /** Who drilled, where that is not who runs this process. */
  readonly who: string | undefined;
  readonly started: Date;
  readonly ended: Date;
  readonly copy: OpenCopy;
  /** `null`: it could not be opened as a backup. */
  readonly backup: OpenBackup | null;
  readonly so: Progressing;
  readonly failure: HoldfastError | null;
}

/** Writes down what a drill showed, and signs it. */
export function makeReceipt(
  { id, who, started, ended, copy, backup, so, failure }: Ended,
  { signer, sign }: SigningKey,
): SignedReceipt & { readonly receipt: Receipt } {
  const { envelopes, decrypted, sameAsLive, check } = so;
  const findings = {
    copy: { place: copy.told, file: copy.place.file, backup: backup && describe(backup) },
    envelopes: [...envelopes.values()],
    fromMedium: backup?.payload.direct ?? false,
    ...{ decrypted, sameAsLive, check },
    principal: backup?.signature.status === 'trusted' ? backup.signature.principal : null,
  };
  const { principal: _, decrypted: __, ...facts } = findings;
  const receipt: Receipt = {
    format: RECEIPT_FORMAT,
    id,
    who: who ?? actorAt('', signer.fingerprint).who,
    host: hostname(),
    instance: signer.fingerprint,
    holdfast: VERSION,
    started: started.toISOString(),
    ended: ended.toISOString(),
    outcome: failure === null ? 'ok' : failure.code,
    failure: failure?.message ?? null,
    ...facts,
    ...claimsOf(findings),
  };
  const bytes = encodeReceipt(receipt);
  return { receipt, bytes, signature: sign(bytes, DRILL_NAMESPACE) };
}

function describe({ file, signature }: OpenBackup): DrilledBackup {
  const { id, generation, secret, created } = file.manifest;
  return {
    ...{ id, generation, secret, created },
    manifest: sha256Hex(file.manifestBytes),
    size: file.size,
    signer: signature.status === 'unsigned' ? null : signature.signer.fingerprint,
    trusted: signature.status === 'trusted',
  };
}

/** Names of the two files of a receipt that is written where somebody asked for it. */
function namesOf(path: string): readonly [signature: string, receipt: string] {
  return [`${path}.sig`, path];
}

/** Checks before anything is begun that a receipt can be written there. @throws as `assertDestination` */
export async function assertReceiptFits(path: string): Promise<void> {
  for (const name of namesOf(path)) await assertDestination(name, { replace: 'refuse' });
}

/** Writes a receipt where somebody asked for it; its signature is there before it is. @throws as `writeFileDurably` */
export async function writeReceipt(
  path: string,
  { bytes, signature }: SignedReceipt,
): Promise<void> {
  const [beside, itself] = namesOf(path);
  await writeFileDurably(beside, signature, { replace: 'refuse' });
  await writeFileDurably(itself, bytes, { replace: 'refuse' });
}
