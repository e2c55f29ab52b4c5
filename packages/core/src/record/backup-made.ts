import type { CatalogEvent, SecretFacts } from '@holdfast/catalog';
import type { Sealed, Sealing } from '../sealing.ts';
import { aboutCopy, type CopyPlace } from './places.ts';

/** A copy that was proven, or that was wanted and is not there. */
export interface MadeCopy extends CopyPlace {
  /** The code of why it is not there; without it, it is. */
  readonly failure?: string | undefined;
  readonly proof: string | null;
  /** Copy k of n of this act. */
  readonly number: number;
  readonly of: number;
}

/** What the audit log is told of a new backup and its copies. */
export function backupMade(
  { facts }: Sealed,
  {
    sealing: { id, name, policy },
    origin = null,
    copies,
  }: {
    readonly sealing: Pick<Sealing, 'id' | 'name' | 'policy'>;
    readonly origin?: SecretFacts['source'] | undefined;
    readonly copies: readonly MadeCopy[];
  },
): CatalogEvent[] {
  const outcome = 'ok';
  return [
    { action: 'secret.describe', outcome, secret: name, detail: { source: origin, policy } },
    { action: 'backup.make', outcome, secret: name, backup: id, detail: facts },
    ...copies.map(({ place, file, medium, proof, number, of, failure }): CatalogEvent => {
      const about = aboutCopy({ place, file, medium }, { backup: id, secret: name });
      const { generation, size } = facts;
      const detail = { place, generation, file, size, proof, number, of };
      return { action: 'copy.make', outcome: failure ?? outcome, ...about, detail };
    }),
  ];
}
