import { generateIdentity, Secret } from '@holdfast/age';
import { writeFileDurably } from '@holdfast/media/durable';
import { createdText } from '../backup-file/manifest.ts';

export interface Session {
  /** Where the identity is. */
  readonly path: string;
  /** What custodians seal their shares to. */
  readonly recipient: string;
}

/**
 * Makes an age identity file for one restore, readable by its owner only. Its recipient goes to the custodians; who
 * has the file can read what they send.
 *
 * @throws DESTINATION_EXISTS and the other codes of destinations
 */
export async function makeSession(
  path: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Session> {
  const identity = generateIdentity();
  const recipient = String(identity.recipient());
  using line = identity.toSecret();
  const head = `# created: ${createdText(new Date())}\n# public key: ${recipient}\n`;
  using text = Secret.take(Uint8Array.from([...Buffer.from(head), ...line.bytes, 0x0a]));
  await writeFileDurably(path, text.bytes, { replace: 'refuse', ...(signal && { signal }) });
  return { path, recipient };
}
