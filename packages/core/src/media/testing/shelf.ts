import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../backup-file/manifest.ts';
import type { SigningKey } from '../../instance/signing-key.ts';
import { putTogether, takeApart, type Parts } from '../../testing/forge.ts';
import { openScene, type Scene } from '../../testing/scene.ts';

export interface Shelved {
  /** What its manifest says instead; `created` and `secret` above all. */
  readonly says?: Partial<Manifest> | undefined;
  /** Who signs it, instead of the scene's own instance; `null`: nobody. */
  readonly signer?: SigningKey | null | undefined;
}

/** A folder of backups that were made over time, as on a stick. */
export interface Shelf extends Scene {
  readonly shelf: string;
  at(file: string): string;
  /** Puts a backup there, whole and signed unless asked otherwise. Resolves to its path. */
  put(file: string, shelved?: Shelved): Promise<string>;
  /** Alters one byte of its payload, or of its manifest. */
  damage(file: string, part?: 'payload' | 'manifest'): Promise<void>;
}

/** All backups on it are one that was really made, with another manifest each. */
export async function openShelf(content: string | Uint8Array = 'the secret'): Promise<Shelf> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openScene());
  const shelf = scene.path('shelf');
  await mkdir(shelf);
  let model: Parts | null = null;
  const at = (file: string): string => join(shelf, file);
  const held = stack.move();
  return {
    ...scene,
    shelf,
    at,
    async put(file, { says = {}, signer } = {}) {
      model ??= await takeApart(await scene.backup(content, { to: scene.path('model.tar') }));
      const parts = { ...model, manifest: { ...model.manifest, ...says } };
      const own = await scene.run().instance.signer();
      await putTogether(at(file), parts, signer === undefined ? own : signer);
      return at(file);
    },
    async damage(file, part = 'payload') {
      const bytes = await readFile(at(file));
      const from = bytes.indexOf(part === 'payload' ? 'age-encryption.org/v1\n-> ' : '"format"');
      await using handle = await open(at(file), 'r+');
      await handle.write(Uint8Array.of(bytes.readUInt8(from + 1) ^ 1), 0, 1, from + 1);
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

/** A signer whom the scene's instance trusts as somebody else, or does not. */
export async function openStranger(
  scene: Scene,
  { trusted }: { readonly trusted: boolean },
): Promise<{ readonly key: SigningKey } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const theirs = stack.use(await openScene());
  const key = await theirs.run().instance.signer();
  const { instance } = scene.run();
  await instance.ensureFolder();
  if (trusted) {
    await writeFile(instance.trustFile, `bob ${key.signer.publicKey}\n`, { mode: 0o600 });
  }
  const held = stack.move();
  return { key, [Symbol.asyncDispose]: async () => await held.disposeAsync() };
}
