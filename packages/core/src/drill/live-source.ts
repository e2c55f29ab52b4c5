import { HoldfastError } from '@holdfast/age';
import type { SecretFacts, SecretRow } from '@holdfast/catalog';
import { coreError } from '../errors.ts';
import type { SecretSource } from '../ports.ts';
import type { Run } from '../run.ts';
import { sourceAgain } from '../sources/source-again.ts';
import { storeOf } from '../store/index.ts';

/** What a configuration says of a secret. */
export interface SecretSettings {
  readonly source: SecretFacts['source'];
  readonly policy: string | null;
}

/** With what a drill compares a copy: a source that was named, or the live secret as it is known here. */
export type LiveSecret =
  { readonly kind: 'given'; readonly source: SecretSource } | { readonly kind: 'known' };

/** What the catalog knows of a secret; `null` also where it cannot be asked. */
export async function knownSecret(
  name: string | null,
  { catalog }: Pick<Run, 'catalog'>,
): Promise<SecretRow | null> {
  if (name === null) return null;
  try {
    const secrets = await (await catalog?.openIfThere())?.secrets();
    return secrets?.find((each) => each.name === name) ?? null;
  } catch (cause) {
    // A catalog that cannot be asked keeps nobody from drilling.
    if (cause instanceof HoldfastError) return null;
    throw cause;
  }
}

/**
 * Where the live secret is read: as the configuration has it, else as it was backed up last, else in the store.
 *
 * @throws SOURCE_NOT_FOUND when nobody here knows
 */
export async function liveSource(
  live: LiveSecret,
  { name, wanted }: { readonly name: string | null; readonly wanted: SecretFacts['source'] },
  run: Run,
): Promise<SecretSource> {
  if (live.kind === 'given') return live.source;
  const source = wanted ?? (await knownSecret(name, run))?.source ?? null;
  if (source !== null) return await sourceAgain(source, run);
  const store = storeOf(run.instance, { tokens: run.tokens });
  if (name !== null && (await store.list()).some((each) => each.name === name)) {
    return store.source(name);
  }
  const what = name === null ? 'which secret this is' : `where the live ${name} is`;
  throw coreError('SOURCE_NOT_FOUND', `nobody here knows ${what}`);
}
