import type { Secret, X25519Identity, X25519Recipient } from '@holdfast/age';

import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import type { TokenAccess } from '../tokens/access.ts';
import { openHeldIdentity, readHeldIdentity } from './held-identity.ts';
import { makeStoreIdentity, readStoreIdentity } from './identity.ts';
import { assertSecretName } from './name.ts';
import { openVersion, sealVersion } from './sealed-version.ts';
import { addVersion, isEmptyStore, listVersions, readVersion } from './versions.ts';

/** A value of a secret, by its version; the value is the caller's to dispose. */
export interface OpenedSecret extends Disposable {
  readonly version: number;
  readonly secret: Secret;
}

/** What the parts of the store do for each other. */
export interface StoreParts {
  /** Without `withToken`, a store that tokens hold is TOKEN_NOT_FOUND, and nobody is asked for a PIN. */
  openCurrent(
    name: string,
    options?: { previous?: boolean; withToken?: boolean },
  ): Promise<OpenedSecret>;
  /** 0 when the secret is not there. */
  currentVersion(name: string): Promise<number>;
  /** Adds the version after `former`; throws STATE_BUSY when that is not the current one. */
  add(name: string, former: number, value: Secret): Promise<void>;
  /** Asserts access and the name, and makes the state folder where there is none. */
  prepare(name: string): Promise<void>;
}

export function storeParts(instance: Instance, tokens: TokenAccess | undefined): StoreParts {
  async function existingIdentity(withToken: boolean): Promise<X25519Identity> {
    const identity = await readStoreIdentity(instance);
    if (identity !== null) return identity;
    const held = await readHeldIdentity(instance);
    if (held !== null) return await openHeldIdentity(held, withToken ? tokens : undefined);
    throw coreError('STATE_INVALID', 'the identity that the secrets are encrypted to is missing');
  }

  /** Whom to encrypt to: that takes no token. */
  async function recipient(): Promise<X25519Recipient> {
    const plain = await readStoreIdentity(instance);
    if (plain !== null) return plain.recipient();
    const held = await readHeldIdentity(instance);
    if (held !== null) return held.holders.recipient;
    if (await isEmptyStore(instance)) return (await makeStoreIdentity(instance)).recipient();
    throw coreError('STATE_INVALID', 'the identity that the secrets are encrypted to is missing');
  }

  return {
    async openCurrent(name, { previous = false, withToken = true } = {}) {
      assertSecretName(name);
      await instance.assertAccess();
      // A version that was the previous one when it was listed may be removed by now.
      for (let tries = 0; tries < 10; tries++) {
        const version = (await listVersions(instance, name))[previous ? 1 : 0];
        if (version === undefined) throw notFound(name, previous);
        const file = await readVersion(instance, name, version);
        if (file === null) continue;
        const identity = await existingIdentity(withToken);
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
      const sealed = await sealVersion({ name, version: former + 1 }, value, await recipient());
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

/** What to say of a secret, or of its previous version, that is not there. */
export function notFound(name: string, previous = false): Error {
  const what = previous ? 'previous version of the secret' : 'secret';
  return coreError('SECRET_NOT_FOUND', `the store has no ${what} ${name}`);
}
