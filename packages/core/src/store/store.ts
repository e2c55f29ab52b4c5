import { HoldfastError, Secret } from '@holdfast/age';
import type { CatalogEvent } from '@holdfast/catalog';
import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import { digestContent } from '../live/content-digest.ts';
import type { SecretSource, StreamTarget } from '../ports.ts';
import { recordingFailure } from '../record/job.ts';
import type { Run } from '../run.ts';
import { notFound, storeParts } from './parts.ts';
import { storeSource } from './store-source.ts';
import { storeTarget } from './store-target.ts';
import { listNames, listVersions, versionCreated } from './versions.ts';

/** What the store tells about a secret without opening it. */
export interface StoredSecret {
  readonly name: string;
  /** The current version. */
  readonly current: number;
  /** Those that can be read, the current one first. */
  readonly versions: readonly StoredVersion[];
}

export interface StoredVersion {
  readonly version: number;
  /** When it was made, in ISO 8601. */
  readonly created: string;
}

/** `rotate` needs the secret to be there; the others need it not to be. */
export type StagingMode = 'generate' | 'import' | 'rotate';

/** A value that is not in the store yet. Disposing wipes it; without a commit it leaves no trace. */
export interface StagedSecret extends AsyncDisposable {
  readonly name: string;
  /** The version that it will be. */
  readonly version: number;
  /** To be backed up before it is committed. */
  source(): SecretSource;
  /** Makes it the current version, durably. Throws STATE_BUSY when another became that since. */
  commit(): Promise<{ name: string; version: number }>;
}

/**
 * The "master secret server": secrets in the state folder, each version an age file to the identity
 * that lies there too. The current and the previous version are kept. Every change is one new file that
 * is durable before it has its name: a process killed at any moment leaves the one version or the other.
 *
 * Everything throws ACCESS_DENIED to whom the instance does not serve, SECRET_NAME_INVALID, and
 * STATE_INVALID when something in the folder is damaged.
 */
export interface SecretStore {
  list(): Promise<readonly StoredSecret[]>;
  /** The current or the previous value. Throws SECRET_NOT_FOUND. The result is the caller's to dispose. */
  read(name: string, options?: { previous?: boolean }): Promise<Secret>;
  /**
   * Prepares a new value; `value` is copied and stays the caller's. Throws SECRET_EXISTS,
   * SECRET_NOT_FOUND, SOURCE_EMPTY, or what making the state folder ends with.
   */
  stage(name: string, value: Secret, mode: StagingMode): Promise<StagedSecret>;
  /** Random bytes, 32 unless said otherwise, as a new secret. */
  generate(name: string, options?: { bytes?: number }): Promise<{ name: string; version: number }>;
  /** A new secret; `value` is copied and stays the caller's. */
  import(name: string, value: Secret): Promise<{ name: string; version: number }>;
  /** A new version of an existing secret: 32 random bytes unless said otherwise. */
  rotate(
    name: string,
    options?: { bytes?: number; value?: Secret },
  ): Promise<{ name: string; version: number }>;
  /** The current value, to be backed up. */
  source(name: string): SecretSource;
  /** Takes a restored value as the first or a new version; the current value again is no new version. */
  target(name: string): StreamTarget;
}

/**
 * Touches nothing until it is used; the store's identity is made with the first secret. Where tokens hold it,
 * reading takes one of them and its PIN, and throws TOKEN_NOT_FOUND or what the token ends with; writing takes none.
 */
export function storeOf(
  instance: Instance,
  { tokens, recorder }: Pick<Run, 'tokens' | 'recorder'> = {},
): SecretStore {
  const parts = storeParts(instance, tokens);

  async function recorded<Result>(
    action: `secret.${StagingMode | 'read'}`,
    secret: string,
    version: number | null,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const detail = { version };
    const event = (outcome: string) => ({ action, outcome, secret, detail }) as const;
    const result = await recordingFailure({ recorder }, event, work);
    await recorder?.record([event('ok')]);
    return result;
  }

  async function stage(name: string, value: Secret, mode: StagingMode): Promise<StagedSecret> {
    await parts.prepare(name);
    const former = await parts.currentVersion(name);
    if (mode === 'rotate' && former === 0) throw notFound(name);
    if (mode !== 'rotate' && former > 0) {
      throw coreError('SECRET_EXISTS', `the store has a secret ${name} already`);
    }
    if (value.bytes.length === 0) throw coreError('SOURCE_EMPTY', `the value for ${name} is empty`);
    const held = Secret.copy(value.bytes);
    const version = former + 1;
    return {
      name,
      version,
      source: () => storeSource(name, async () => ({ secret: Secret.copy(held.bytes) })),
      async commit() {
        await recorded(`secret.${mode}`, name, version, async () => {
          await parts.add(name, former, held);
        });
        if (recorder !== undefined) await recorder.record(await observed(name, held, instance));
        return { name, version };
      },
      async [Symbol.asyncDispose]() {
        held[Symbol.dispose]();
      },
    };
  }

  async function put(name: string, value: Secret, mode: StagingMode) {
    await using staged = await stage(name, value, mode);
    return await staged.commit();
  }

  return {
    stage,
    async list() {
      await instance.assertAccess();
      const names = await listNames(instance);
      const secrets = await Promise.all(names.map(async (name) => await describe(instance, name)));
      return secrets.filter((secret) => secret !== null);
    },
    async read(name, options) {
      const read = async () => await parts.openCurrent(name, options);
      return (await recorded('secret.read', name, null, read)).secret;
    },
    async generate(name, { bytes = 32 } = {}) {
      using value = Secret.random(bytes);
      return await put(name, value, 'generate');
    },
    import: async (name, value) => await put(name, value, 'import'),
    async rotate(name, { bytes = 32, value } = {}) {
      if (value !== undefined) return await put(name, value, 'rotate');
      using random = Secret.random(bytes);
      return await put(name, random, 'rotate');
    },
    source: (name) =>
      storeSource(
        name,
        async () => await parts.openCurrent(name),
        async (version) => (await parts.currentVersion(name)) === version,
      ),
    target: (name) => storeTarget(name, parts),
  };
}

/**
 * What the live secret is from now on, so that status sees at once that its newest backup is of another one. It is
 * in use already: what cannot be told now is found out when the secret is looked at next.
 */
async function observed(name: string, value: Secret, instance: Instance): Promise<CatalogEvent[]> {
  try {
    const { digest } = await digestContent('file', once(value.bytes));
    const { mark } = await instance.signer();
    const detail = { mark: mark('file', digest) };
    return [{ action: 'secret.observe', outcome: 'ok', secret: name, detail }];
  } catch (cause) {
    if (cause instanceof HoldfastError) return [];
    throw cause;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function describe(instance: Instance, name: string): Promise<StoredSecret | null> {
  const versions: StoredVersion[] = [];
  for (const version of (await listVersions(instance, name)).slice(0, 2)) {
    const created = await versionCreated(instance, name, version);
    if (created !== null) versions.push({ version, created: created.toISOString() });
  }
  const [newest] = versions;
  return newest === undefined ? null : { name, current: newest.version, versions };
}
