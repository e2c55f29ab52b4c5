import {
  coreError,
  openIdentityFile,
  Secret,
  type Contribution,
  type FactorSource,
  type Identity,
} from '@holdfast/core';
import type { PinAgent } from '../pins/pin-agent.ts';
import type { JobSecrets } from './secrets.ts';

/** What a quorum session gives to the one restore that it is for. */
export interface SessionFactors {
  readonly contributions: readonly Contribution[];
  readonly identity: Identity;
}

/** What a job opens and seals with: what came with its request. Nobody is ever asked for more. */
export function factorsFrom(
  secrets: JobSecrets,
  { pins, session = null }: { readonly pins: PinAgent; readonly session?: SessionFactors | null },
): FactorSource {
  const theirs = (name: string | undefined): Secret | undefined =>
    name === undefined ? undefined : secrets.custodianPasswords.get(name);
  const copyOf = (secret: Secret): Secret => Secret.copy(secret.bytes);
  return {
    async newPassword({ custodian }) {
      const found = custodian === undefined ? secrets.newPassword : theirs(custodian);
      if (found) return await Promise.resolve(copyOf(found));
      const whose = custodian === undefined ? 'a new password' : `the password of ${custodian}`;
      throw coreError('PASSWORD_NEEDED', `${whose} did not come with the request`);
    },
    async password({ attempt, custodian }) {
      const found = custodian === undefined ? secrets.password : theirs(custodian);
      return await Promise.resolve(found && attempt === 1 ? copyOf(found) : null);
    },
    async identities() {
      const given: Identity[] = session === null ? [] : [session.identity];
      if (secrets.identities === null) return given;
      const { identities } = await openIdentityFile(secrets.identities.bytes, async () => {
        const message = 'an identity that a password protects cannot be used here';
        return await Promise.reject(coreError('PASSWORD_NEEDED', message));
      });
      return [...given, ...identities];
    },
    hasPassword: async () => await Promise.resolve(secrets.password !== null),
    hasCustodianPassword: async (name) =>
      await Promise.resolve(secrets.custodianPasswords.has(name)),
    hasPin: async () => await Promise.resolve(pins.kept.length > 0),
    contributions: async () => await Promise.resolve(session?.contributions ?? []),
  };
}
