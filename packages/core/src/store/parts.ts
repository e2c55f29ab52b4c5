import type { Secret, X25519Identity } from '@holdfast/age';

import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import { makeStoreIdentity, readStoreIdentity } from './identity.ts';
import { assertSecretName } from './name.ts';
import { openVersion, sealVersion } from './sealed-version.ts';
import { addVersion, listNames, listVersions, readVersion } from './versions.ts';

/** A value of a secret, by its version; the value is the caller's to dispose. */
export interface OpenedSecret extends Disposable {
  readonly version: number;
  readonly secret: Secret;
}

/** What the parts of the store do for each other. */
export interface StoreParts {
  openCurrent(name: string, options?: { previous?: boolean }): Promise<OpenedSecret>;
  /** 0 when the secret is not there. */
  currentVersion(name: string): Promise<number>;
  /** Adds the version after `former`; throws STATE_BUSY when that is not the current one. */
  add(name: string, former: number, value: Secret): Promise<void>;
  /** Asserts access and the name, and makes the state folder where there is none. */
  prepare(name: string): Promise<void>;
}

export function storeParts(instance: Instance): StoreParts {
  async function existingIdentity(): Promise<X25519Identity> {
    const identity = await readStoreIdentity(instance);
    if (identity !== null) return identity;
    throw coreError('STATE_INVALID', 'the identity that the secrets are encrypted to is missing');
  }

  return {
    async openCurrent(name, { previous = false } = {}) {
      assertSecretName(name);
      await instance.assertAccess();
      // A version that was the previous one when it was listed may be removed by now.
      for (let tries = 0; tries < 10; tries++) {
        const version = (await listVersions(instance, name))[previous ? 1 : 0];
        if (version === undefined) throw notFound(name, previous);
        const file = await readVersion(instance, name, version);
        if (file === null) continue;
        const identity = await existingIdentity();
        return withVersion(version, await openVersion({ name, version }, file, identity));
      }
      throw coreError('STATE_BUSY', `${name} is rotated again and again`);
    },
    async currentVersion(name) {
      assertSecretName(name);
      await instance.assertAccess();
      return (await listVersions(instance, name))[0] ?? 0;
    },
    async prepare(name) {
      assertSecretName(name);
      await instance.ensureFolder();
    },
    async add(name, former, value) {
      const identity = (await isEmpty(instance))
        ? ((await readStoreIdentity(instance)) ?? (await makeStoreIdentity(instance)))
        : await existingIdentity();
      const sealed = await sealVersion({ name, version: former + 1 }, value, identity);
      await addVersion(instance, name, former, sealed);
    },
  };
}

function withVersion(version: number, secret: Secret): OpenedSecret {
  return {
    version,
    secret,
    [Symbol.dispose]: () => {
      secret[Symbol.dispose]();
    },
  };
}

/** Only an empty store may be given a new identity: it could not read what another one sealed. */
async function isEmpty(instance: Instance): Promise<boolean> {
  for (const name of await listNames(instance)) {
    if ((await listVersions(instance, name)).length > 0) return false;
  }
  return true;
}

/** What to say of a secret, or of its previous version, that is not there. */
export function notFound(name: string, previous = false): Error {
  const what = previous ? 'previous version of the secret' : 'secret';
  return coreError('SECRET_NOT_FOUND', `the store has no ${what} ${name}`);
}
