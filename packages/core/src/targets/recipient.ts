import { writeFile } from 'node:fs/promises';
import { encryptStream, parseRecipient, throwIfCancelled } from '@holdfast/age';
import { destinationError, openStagedFile } from '@holdfast/media/durable';
import type { StreamTarget } from '../ports.ts';

/**
 * A new age file at `path` that only this recipient opens: what is restored is never on the disk in clear.
 *
 * @throws RECIPIENT_INVALID
 */
export function toRecipient(recipient: string, path: string): StreamTarget {
  const to = parseRecipient(recipient);
  return {
    kind: 'stream',
    where: `an age file for ${recipient}`,
    accepts: ['file', 'tar'],
    async consume(plaintext, { signal }) {
      throwIfCancelled(signal);
      const options = signal ? { signal } : {};
      await using staged = await openStagedFile(path, { replace: 'refuse', ...options });
      try {
        const sealed = encryptStream(plaintext, [to], options);
        await writeFile(staged.temporaryPath, sealed, { flag: 'r+' });
      } catch (cause) {
        throw await destinationError(cause, path, { witness: staged.temporaryPath });
      }
      await staged.commit();
      return null;
    },
  };
}
