import type { FileInput } from '@holdfast/age';
import { openPastCache, openPlainly, type OpenedFile } from '@holdfast/media';
import { isSystemError } from '@holdfast/media/durable';
import { readBackupFile, type BackupFile } from './backup-file/reader.ts';
import { coreError } from './errors.ts';
import type { Instance } from './instance/instance.ts';
import { signatureStatus, type SignatureStatus } from './instance/signature-status.ts';
import { sourceError } from './sources/source-error.ts';

/** A backup that is open for reading: its structure is sound and its signature, if any, is valid. */
export interface OpenBackup extends AsyncDisposable {
  readonly file: BackupFile;
  /** The payload's place in the open file. */
  readonly payload: Required<FileInput>;
  readonly signature: SignatureStatus;
}

export interface OpenBackupOptions {
  readonly requireSigned?: boolean | undefined;
  /** Read what the medium holds, rather than what the system remembers of it, where the file system lets us. */
  readonly pastCache?: boolean | undefined;
}

/**
 * Opens a backup and checks everything that takes no factor and little time: all but the payload.
 *
 * @throws NOT_A_BACKUP, FORMAT_UNSUPPORTED, BACKUP_DAMAGED, SIGNATURE_INVALID, SIGNER_NOT_TRUSTED,
 * BACKUP_NOT_FOUND, SOURCE_UNREADABLE
 */
export async function openBackup(
  path: string,
  instance: Instance,
  { requireSigned = false, pastCache = false }: OpenBackupOptions = {},
): Promise<OpenBackup> {
  await using resources = new AsyncDisposableStack();
  const opened = resources.use(await openForReading(path, pastCache));
  const file = await readBackupFile(opened);
  const signature = signatureStatus(file.manifestBytes, file.signature, await instance.trust());
  if (requireSigned && signature.status !== 'trusted') {
    const who = signature.status === 'unsigned' ? 'nobody' : signature.signer.fingerprint;
    throw coreError(
      'SIGNER_NOT_TRUSTED',
      `this backup is signed by ${who}, whom nothing here trusts`,
    );
  }
  const held = resources.move();
  return {
    file,
    payload: { fd: opened.fd, direct: opened.direct, ...file.payload },
    signature,
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

async function openForReading(path: string, pastCache: boolean): Promise<OpenedFile> {
  try {
    await using held = new AsyncDisposableStack();
    const opened = held.use(pastCache ? await openPastCache(path) : await openPlainly(path));
    if (!(await opened.handle.stat()).isFile()) {
      throw coreError('NOT_A_BACKUP', `${path} is not a file`);
    }
    held.move();
    return opened;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) {
      throw coreError('BACKUP_NOT_FOUND', `there is no ${path}`, { cause });
    }
    throw sourceError(cause, path);
  }
}
