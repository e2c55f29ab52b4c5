import { open, type FileHandle } from 'node:fs/promises';
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
  readonly payload: { readonly fd: number; readonly offset: number; readonly size: number };
  readonly signature: SignatureStatus;
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
  { requireSigned = false }: { requireSigned?: boolean | undefined } = {},
): Promise<OpenBackup> {
  await using resources = new AsyncDisposableStack();
  const handle = resources.use(await openForReading(path));
  const file = await readBackupFile(handle.fd);
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
    payload: { fd: handle.fd, ...file.payload },
    signature,
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    await using held = new AsyncDisposableStack();
    const handle = held.use(await open(path, 'r'));
    if (!(await handle.stat()).isFile()) throw coreError('NOT_A_BACKUP', `${path} is not a file`);
    held.move();
    return handle;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) {
      throw coreError('BACKUP_NOT_FOUND', `there is no ${path}`, { cause });
    }
    throw sourceError(cause, path);
  }
}
