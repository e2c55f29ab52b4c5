import { encryptPayload, Secret, wrapHeader, type Recipient } from '@holdfast/age';

const FILE_KEY_SIZE = 16;

/** An age file to come, for one recipient. */
export interface Wrapping extends Disposable {
  /** Throws what wrapping the file key ended with; `seal` would throw the same. */
  ready(): Promise<void>;
  /** `plaintext` stays the caller's. To be called once: a file key is for one file. */
  seal(plaintext: Uint8Array): Promise<Uint8Array>;
}

/**
 * Begins to wrap a file key at once, off this thread, so that a password's scrypt runs while the secret is
 * read, sealed and read back. `recipient`, and the password in it, must outlive this.
 */
export function openWrapping(recipient: Recipient, signal?: AbortSignal): Wrapping {
  const fileKey = Secret.random(FILE_KEY_SIZE);
  const options = { signal };
  const header = wrapHeader(fileKey, [recipient], options);
  // Its failure is told when it is sealed with; when it never is, nobody needs to know.
  header.catch(() => undefined);
  return {
    async ready() {
      await header;
    },
    async seal(plaintext) {
      const parts = [(await header).bytes];
      for await (const part of encryptPayload(once(plaintext), fileKey, options)) parts.push(part);
      return Buffer.concat(parts);
    },
    [Symbol.dispose]: () => {
      fileKey[Symbol.dispose]();
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
