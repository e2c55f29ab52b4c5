import type { Instance } from '../instance/instance.ts';
import { readingFrom } from '../io-failure.ts';
import type { PayloadKind, SecretSource } from '../ports.ts';
import { digestContent } from './content-digest.ts';
import { readContent } from './read-content.ts';

/** What is learned of a live secret by reading it. */
export interface LiveObservation {
  readonly kind: PayloadKind;
  /** May be remembered: it is the same while the secret is, and says nothing to whoever lacks the instance's key. */
  readonly mark: string;
  /** Lower-case hexadecimal. It betrays a secret that can be guessed: never to be kept or shown. */
  readonly digest: string;
  /** Bytes that were read. */
  readonly size: number;
}

/**
 * Reads a live secret once, in constant memory, and wipes what it read. Writes nothing, but makes the signing key of
 * an instance that has none.
 *
 * @throws every code of sources, CANCELLED, and what the instance's key throws
 */
export async function observeLive(
  source: SecretSource,
  instance: Instance,
  signal?: AbortSignal,
): Promise<LiveObservation> {
  const { name, kind } = source;
  const { mark } = await instance.signer();
  await using opened = await source.open(signal ? { signal } : {});
  const { digest, size } = await readingFrom(
    name,
    async () => await digestContent(kind, readContent(opened.content, signal)),
  );
  await opened.finish(size);
  return { kind, mark: mark(kind, digest), digest, size };
}
