import { decrypt, generateIdentity, Secret, type X25519Identity } from '@holdfast/age';
import { openShare, openShareText, type Share } from '../quorum/share.ts';
import { bookOf, people } from './quorum-scene.ts';
import { takeApart } from './forge.ts';
import type { Scene } from './scene.ts';

/** A backup whose one envelope is a quorum of three people, each with an identity of their own. */
export interface SplitBackup {
  readonly from: string;
  readonly identities: Readonly<Record<string, X25519Identity>>;
  /** The text of a share, as its custodian reads it. */
  text(name: string): Promise<Uint8Array>;
}

export const NAMES = ['alice', 'bob', 'carol'];

export async function splitBackup(
  scene: Scene,
  { to, threshold = 2 }: { readonly to?: string; readonly threshold?: number } = {},
): Promise<SplitBackup> {
  const identities = Object.fromEntries(NAMES.map((name) => [name, generateIdentity()]));
  const factors = Object.entries(identities).map(([name, identity]) => [
    name,
    `recipient(${String(identity.recipient())})`,
  ]);
  const run = scene.run(people(), {
    custodians: bookOf(Object.fromEntries(factors) as Record<string, string>),
  });
  const envelopes = [`quorum(${String(threshold)}, ${NAMES.join(', ')})`];
  const options = { envelopes, ...(to !== undefined && { to: scene.path(to) }) };
  const from = await scene.backup('the master secret', options, run);
  return {
    from,
    identities,
    async text(name) {
      const { envelopes: files } = await takeApart(from);
      const file = files.get(`envelopes/1/${name}.age`) ?? new Uint8Array();
      const identity = identities[name];
      if (identity === undefined) throw new Error(`nobody is called ${name}`);
      return await decrypt(file, [identity]);
    },
  };
}

/** The same share, saying something else of itself, or with other bytes. */
export function altered(
  text: Uint8Array,
  change: Partial<Omit<Share, 'value'>>,
  alter: (bytes: Uint8Array) => void = () => undefined,
): Uint8Array {
  using share = openShare(text, 'it');
  using value = Secret.copy(share.value.bytes);
  alter(value.bytes);
  using other = openShareText({ ...share, ...change, value });
  return Uint8Array.from(other.bytes);
}
