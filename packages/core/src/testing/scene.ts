import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, type Identity } from '@holdfast/age';
import { backup, type BackupRequest } from '../backup.ts';
import { instanceAt } from '../instance/instance.ts';
import type { FactorSource, Progress } from '../ports.ts';
import type { Run } from '../run.ts';
import { sourceFromFile } from '../sources/index.ts';

export const PASSWORD = 'stapler wombat orchid 1887 gravel';

/** A folder of its own with an instance of its own, for one test. */
export interface Scene extends AsyncDisposable {
  readonly folder: string;
  path(name: string): string;
  /** Writes a file to be backed up and resolves to its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  run(factors?: FactorSource, more?: Partial<Run>): Run;
  /** Backs `content` up to `out.tar`, cheaply, under PASSWORD unless asked otherwise. */
  backup(content: string | Uint8Array, more?: Partial<BackupRequest>, run?: Run): Promise<string>;
}

export async function openScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const instance = instanceAt({ folder: join(folder, 'state') });
  const path = (name: string): string => join(folder, name);
  const scene: Scene = {
    folder,
    path,
    async file(name, content) {
      await writeFile(path(name), content);
      return path(name);
    },
    run: (factors = withPassword(PASSWORD), more = {}) => ({ instance, factors, ...more }),
    async backup(content, more = {}, run = scene.run()) {
      const source = sourceFromFile(await scene.file('secret.json', content));
      const to = path('out.tar');
      await backup({ source, to, envelopes: ['password'], workFactor: 2, ...more }, run);
      return more.to ?? to;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
  return scene;
}

/** Always the same password, and the passwords to seal with in their turn. */
export function withPassword(password: string, ...fresh: string[]): FactorSource {
  const next = [...fresh];
  return {
    newPassword: async () => Secret.fromText(next.shift() ?? password),
    password: async ({ attempt }) => (attempt === 1 ? Secret.fromText(password) : null),
    identities: async () => [],
  };
}

/** Identities only. */
export function withIdentities(...identities: Identity[]): FactorSource {
  return {
    newPassword: async () => Secret.fromText(''),
    password: async () => null,
    identities: async () => identities,
  };
}

/** What was reported, in order. */
export function recorder(): { seen: Progress[]; onProgress: (progress: Progress) => void } {
  const seen: Progress[] = [];
  return { seen, onProgress: (progress) => seen.push(progress) };
}
