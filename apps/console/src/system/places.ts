import type { Status } from './mend.ts';

/** A medium or a folder, with how many copies of each secret it has and how many of them count. */
export interface Holder {
  readonly name: string;
  /** Id in the register; `null`: a folder. */
  readonly medium: string | null;
  readonly seenAt: string | null;
  readonly copies: readonly {
    readonly secret: string;
    readonly counts: number;
    readonly of: number;
  }[];
}

export interface Place {
  readonly kind: 'machine' | 'location' | 'nowhere';
  readonly name: string;
  readonly holders: readonly Holder[];
}

/** Where copies lie: machines and their folders, places and the media there, and media of which nobody said where. */
export function placesOf({
  secrets,
  host: here,
}: Pick<Status, 'secrets' | 'host'>): readonly Place[] {
  const rows = secrets.flatMap(({ name, copies }) =>
    copies.map((copy) => ({ secret: name, copy })),
  );
  const places = Map.groupBy(rows, ({ copy }) => {
    if (copy.kind === 'folder') return `machine ${copy.host ?? here}`;
    return copy.location === null ? 'nowhere ' : `location ${copy.location}`;
  });
  return [...places]
    .map(([key, inPlace]) => {
      const [kind = '', ...name] = key.split(' ');
      const holders = Map.groupBy(inPlace, ({ copy }) => copy.medium ?? copy.where);
      return {
        kind: kind as Place['kind'],
        name: name.join(' '),
        holders: [...holders.values()].map(holderOf),
      };
    })
    .toSorted((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
}

interface Row {
  readonly secret: string;
  readonly copy: Status['secrets'][number]['copies'][number];
}

function holderOf(rows: readonly Row[]): Holder {
  const copies = [...Map.groupBy(rows, ({ secret }) => secret)].map(([secret, of]) => ({
    secret,
    counts: of.filter(({ copy }) => copy.counts).length,
    of: of.length,
  }));
  const first = rows[0]?.copy;
  return {
    name: first?.where ?? '',
    medium: first?.medium ?? null,
    seenAt: first?.mediumSeenAt ?? null,
    copies,
  };
}
