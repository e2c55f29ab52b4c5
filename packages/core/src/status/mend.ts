import { basename, join } from 'node:path';
import type { CopyRow, MediumRow } from '@holdfast/catalog';
import { shellLine } from '../shell-line.ts';
import type { SecretView, Surroundings } from './view.ts';

/** A command of ours as one line for a shell; `null` when no line can say it. */
export function holdfast(...words: readonly string[]): string | null {
  return shellLine(['holdfast', ...words]);
}

/** The command that backs a secret up again, to where its copies lie unless another place is given. */
export function backUpAgain(
  view: Pick<SecretView, 'name' | 'source' | 'current'>,
  around: Surroundings,
  to = placesOf(view.current, around),
): string | null {
  const { name, source } = view;
  const places = to.flatMap((place) => ['--to', place]);
  const named = (usual: string | undefined): string[] => (usual === name ? [] : ['--name', name]);
  switch (source?.kind) {
    case 'file':
    case 'files':
      return holdfast(
        'backup',
        ...source.what,
        ...named(source.kind === 'file' ? basename(source.what[0] ?? '') : undefined),
        ...places,
      );
    case 'store':
      return holdfast(
        'backup',
        `store:${source.what[0] ?? name}`,
        ...named(source.what[0]),
        ...places,
      );
    case 'command':
      return holdfast('backup', '--exec', source.what[0] ?? '', '--name', name, ...places);
    case undefined: {
      // Nobody knows how it was read: it is piped in.
      const line = holdfast('backup', '-', '--name', name, ...places);
      return line === null ? null : `cat | ${line}`;
    }
  }
}

/** A copy as commands take it. */
export function pathOfCopy({ place, file, medium }: CopyRow, { media }: Surroundings): string {
  if (place.kind === 'folder') return join(place.path, file);
  return `${selectorOf(medium === null ? undefined : media.get(medium))}/${file}`;
}

/** Where new copies go when they go where the former ones are; any medium, where none can be named. */
function placesOf(copies: readonly CopyRow[], { media, host }: Surroundings): readonly string[] {
  const places = copies.flatMap(({ place, medium }) => {
    if (place.kind === 'folder') return place.host === host ? [place.path] : [];
    const row = medium === null ? undefined : media.get(medium);
    return row?.protected === true ? [] : [selectorOf(row)];
  });
  return places.length === 0 ? ['usb'] : [...new Set(places)];
}

function selectorOf(row: MediumRow | undefined): string {
  const names = row === undefined ? [] : [row.name, row.label, row.uuid, row.serial];
  const name = names.find((it) => it !== null && it !== '' && !it.includes('/'));
  return name === undefined || name === null ? 'usb' : `usb:${name}`;
}
