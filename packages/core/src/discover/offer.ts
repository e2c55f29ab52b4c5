import { shellLine } from '../shell-line.ts';

/** How a find would be backed up. */
export interface Offer {
  /** What follows `holdfast`. */
  readonly args: readonly string[];
  /** The whole line for a shell; `null` when none can say it. */
  readonly line: string | null;
}

/** What is backed up: paths, what a command prints, or what a person pipes in. */
export type Wanted =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'command'; readonly run: string }
  | { readonly kind: 'people' };

export function offerOf(wanted: Wanted, name: string): Offer {
  const rest = ['--name', name, '--to', 'usb'];
  switch (wanted.kind) {
    case 'paths':
      return asLine(['backup', ...wanted.paths, ...rest], '');
    case 'command':
      return asLine(['backup', '--exec', wanted.run, ...rest], '');
    case 'people':
      // A terminal is no standard input for a secret; typed into a pipe, it ends with Ctrl-D.
      return asLine(['backup', '-', ...rest], 'cat | ');
  }
}

function asLine(args: readonly string[], before: string): Offer {
  const line = shellLine(['holdfast', ...args]);
  return { args, line: line === null ? null : `${before}${line}` };
}

/** Reads the header of a LUKS volume by way of memory: cryptsetup refuses to write it to what is there already. */
export function luksHeaderCommand(node: string): string {
  const device = shellLine([node]) ?? node;
  return [
    'd=$(mktemp -d /dev/shm/luks.XXXXXX)',
    `cryptsetup luksHeaderBackup ${device} --header-backup-file "$d/header" >&2`,
    'cat "$d/header"; e=$?; rm -rf "$d"; exit $e',
  ].join(' && ');
}

/** Names of secrets, each given once: the preset's, with what tells this find from others of its kind. */
export function nameGiver(): (id: string, open: readonly string[]) => string {
  const given = new Set<string>();
  return (id, open) => {
    const plain = open.map((name) => name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, ''));
    const base = [id, ...plain.filter((name) => name !== '')].join('-').slice(0, 100);
    let name = base;
    for (let number = 2; given.has(name); number += 1) name = `${base}-${number}`;
    given.add(name);
    return name;
  };
}
