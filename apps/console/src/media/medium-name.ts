import type { Got } from '../api/queries.ts';

type Medium = Got<'listMedia'>['register'][number];

/** What people call it. */
export function mediumName({ name, label, product, id }: Medium): string {
  return name ?? label ?? product ?? id;
}
