import { decryptStream } from '@holdfast/age';
import { assertAnotherFile, openStagedFile, mediaError } from '@holdfast/media/durable';
import type { OpenedEnvelope } from './envelopes/agreement.ts';
import { openEnvelopes } from './envelopes/opener.ts';
import type { SignatureStatus } from './instance/signature-status.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { openAgreedPayload } from './payload-agreement.ts';
import { readPayload, type Region } from './payload.ts';
import type { FileTarget, RestoreTarget, StreamTarget } from './ports.ts';
import { asJob } from './record/job.ts';
import { following, type Run } from './run.ts';
import { readingFrom, writingTo } from './io-failure.ts';

export interface RestoreRequest {
  /** Path of the backup. */
  readonly from: string;
  readonly to: RestoreTarget;
  readonly requireSigned?: boolean | undefined;
  /** The alias or URI of the token to open it with; any that fits, without it. */
  readonly token?: string | undefined;
  /** Read it past what the system remembers of it. */
  readonly pastCache?: boolean | undefined;
}

export interface RestoreReport {
  /** Where the secret is now, in words. */
  readonly where: string;
  /** Path of what lay there before, kept aside; `null` when nothing did. */
  readonly kept: string | null;
  readonly id: string;
  readonly secret: string | null;
  /** Bytes of the secret. */
  readonly size: number;
  readonly signature: SignatureStatus;
  /** Index of the envelope that opened it. */
  readonly envelope: number;
  /** Whose shares opened it; empty without a quorum. */
  readonly custodians: readonly string[];
}

/**
 * Puts a secret back. The target sees nothing before every check has passed; on return it is durable.
 *
 * @throws what `verify` throws, and every code of destinations
 */
export async function restore(request: RestoreRequest, run: Run): Promise<RestoreReport> {
  const { from, to, requireSigned, token, pastCache } = request;
  const job = { kind: 'restore', places: [] };
  return await asJob(run, job, async (begin) => {
    await using backup = await openBackup(from, run.instance, { requireSigned, pastCache });
    const { id, secret, kind } = backup.file.manifest;
    const about = { backup: id, ...(secret !== null && { secret }) };
    await begin(about);
    const accepts = to.kind === 'file' ? ['file'] : to.accepts;
    if (!accepts.includes(kind)) {
      const what = kind === 'tar' ? 'several files, which need a folder' : 'one file, not a folder';
      throw mediaError('DESTINATION_INVALID', `this backup holds ${what}`);
    }
    if (to.kind === 'file') await assertAnotherFile(backup.payload.fd, to.path);
    else await to.prepare?.();
    const { opened } = await openEnvelopes(backup.file, run, { token });
    const [envelope] = opened;
    const put =
      to.kind === 'file'
        ? await restoreToFile(backup, envelope, to, run)
        : await restoreToStream(backup, envelope, to, run);
    const { index, custodians } = envelope;
    const { signature } = backup;
    const result = { ...put, id, secret, signature, envelope: index, custodians };
    const detail = { where: put.where, envelope: envelope.index };
    return { result, events: [{ action: 'restore', outcome: 'ok', ...about, detail }] };
  });
}

type Put = Pick<RestoreReport, 'where' | 'kept' | 'size'>;

async function restoreToFile(
  backup: OpenBackup,
  envelope: OpenedEnvelope,
  { path }: FileTarget,
  run: Run,
): Promise<Put> {
  await using staged = await openStagedFile(path, {
    replace: 'keep-numbered',
    expectedSize: backup.payload.size,
    ...(run.signal && { signal: run.signal }),
  });
  const output = { fd: staged.fd, offset: 0 };
  const size = await writingTo(staged, async () => await check(backup, envelope, output, run));
  const { kept } = await staged.commit();
  return { where: staged.path, kept, size };
}

/** Reads the payload twice: whoever takes a stream cannot give it back when its end turns out bad. */
async function restoreToStream(
  backup: OpenBackup,
  envelope: OpenedEnvelope,
  target: StreamTarget,
  run: Run,
): Promise<Put> {
  const size = await check(backup, envelope, null, run);
  const options = run.signal ? { signal: run.signal } : {};
  const content = decryptStream(readPayload(backup.payload), [envelope.identity], options);
  const { onProgress } = following(run, 'restoring', size);
  const kept = await target.consume(counted(content, onProgress), options);
  return { where: target.where, kept, size };
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onProgress: ((done: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const bytes of content) {
    yield bytes;
    done += bytes.length;
    onProgress?.(done);
  }
}

async function check(
  backup: OpenBackup,
  envelope: OpenedEnvelope,
  output: Region | null,
  run: Run,
): Promise<number> {
  const phase = output === null ? 'checking' : 'restoring';
  const progress = following(run, phase, backup.payload.size);
  return await readingFrom(
    'the backup',
    async () => await openAgreedPayload(backup, envelope, output, progress),
  );
}
