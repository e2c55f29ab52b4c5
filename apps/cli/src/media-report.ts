import type {
  FoundBackup,
  MediaEvent,
  MediaListing,
  Medium,
  MediumVerification,
  RegisteredMedium,
  Volume,
} from '@holdfast/core';
import { makerOf } from './medium-source.ts';
import type { Output } from './output.ts';
import { absentLines, cloneLines, presentLines } from './register-report.ts';
import { table, verificationLines } from './report.ts';
import { sizeText } from './size.ts';
import { printable } from './to-terminal.ts';

/** Each medium with its volumes, what is offered first; then what the register knows beside that. */
export function mediaListingLines(
  { media, register, clones }: MediaListing,
  output: Output,
): string[] {
  const offered = media.filter(({ refusal }) => refusal === null);
  const others = media.filter(({ refusal }) => refusal !== null);
  const none = offered.length === 0 ? ['No medium is plugged in that could be used.'] : [];
  const knownOn = ({ volumes }: Medium): RegisteredMedium[] =>
    register.filter(({ nodes }) => volumes.some(({ node }) => nodes.includes(node)));
  return [
    ...none,
    ...[...offered, ...others].flatMap((medium) => [
      ...mediumLines(medium, output),
      ...knownOn(medium).flatMap((row) => presentLines(row, output)),
    ]),
    ...absentLines(register),
    ...cloneLines(clones, output),
  ];
}

function mediumLines(medium: Medium, { paint }: Output): string[] {
  const head = `${medium.node}  ${mediumInWords(medium)}`;
  if (medium.refusal !== null) {
    return [head, `  ${paint('yellow', 'not used')}: ${printable(medium.refusal.words)}`];
  }
  const rows = medium.volumes.map((volume) => {
    const { state, reason } = stateOf(volume);
    return [...volumeCells(volume), reason === null ? state : `${state}: ${printable(reason)}`];
  });
  return [head, ...(rows.length === 0 ? ['  nothing on it'] : table(rows))];
}

/** `usb  SanDisk Ultra  serial 4C53…  28.6 GiB`. */
function mediumInWords(medium: Medium): string {
  const { bus, serial, size } = medium;
  return [
    bus,
    makerOf(medium),
    serial === null ? null : `serial ${printable(serial)}`,
    sizeText(size),
  ]
    .filter((it) => it !== null)
    .join('  ');
}

function volumeCells({ node, label, fileSystem, uuid, size, free, mounts }: Volume): string[] {
  const [mount] = mounts;
  return [
    node,
    printable(label ?? ''),
    printable(fileSystem ?? ''),
    printable(uuid ?? ''),
    free === null ? sizeText(size) : `${sizeText(size)}, ${sizeText(free)} free`,
    mount === undefined ? 'not mounted' : printable(mount.path),
  ];
}

function stateOf({ refusal, writeRefusal }: Volume): { state: string; reason: string | null } {
  if (refusal !== null) return { state: 'not used', reason: refusal.words };
  if (writeRefusal !== null) return { state: 'only read from', reason: writeRefusal.words };
  return { state: 'ready', reason: null };
}

export function mediaEventLine({ kind, medium }: MediaEvent, { paint }: Output): string {
  const colour = kind === 'detached' ? 'yellow' : 'green';
  const volumes = medium.volumes
    .map(({ label, fileSystem, refusal, mounts }) => {
      const name = [label, fileSystem].filter((it) => it !== null).join(' ');
      const where = mounts.map(({ path }) => ` at ${path}`).join('');
      return printable(`${name}${where}${refusal === null ? '' : `, not used: ${refusal.words}`}`);
    })
    .join('; ');
  const why = medium.refusal === null ? volumes : `not used: ${printable(medium.refusal.words)}`;
  const tail = kind === 'detached' || why === '' ? '' : `  (${why.replace(/^, /, '')})`;
  return `${paint(colour, kind.padEnd(8))}  ${medium.node}  ${mediumInWords(medium)}${tail}`;
}

/** The backups on one medium, newest first. */
export function mediumContentLines(
  { medium, backups }: { readonly medium: string; readonly backups: readonly FoundBackup[] },
  { paint }: Output,
): string[] {
  if (backups.length === 0) return [`There is no backup on ${printable(medium)}.`];
  const rows = backups.map(({ file, inspection, failure, unfinished }) => {
    if (inspection === null) {
      return [
        printable(file),
        paint('red', failure?.code ?? ''),
        printable(failure?.message ?? ''),
      ];
    }
    const { secret, created, signature, size } = inspection;
    const signer =
      signature.status === 'trusted' ? 'signed, trusted' : signature.status.replace('-', ' ');
    return [
      printable(file),
      printable(secret ?? 'not told (discreet)'),
      `${created}, ${sizeText(size)}, ${signer}${unfinished ? ', never finished' : ''}`,
    ];
  });
  return [printable(medium), ...table(rows)];
}

export function mediumVerificationLines(
  { where, backups }: MediumVerification,
  output: Output,
): string[] {
  return [
    printable(where),
    ...backups.flatMap(({ file, verification, failure, unfinished }) => {
      if (verification !== null) return verificationLines({ ...verification, path: file }, output);
      const name = unfinished ? `${file}, which was never finished` : file;
      return [
        `${output.paint('red', 'failed')} ${printable(name)}`,
        `  ${failure?.code ?? ''}: ${printable(failure?.message ?? '')}`,
      ];
    }),
  ];
}
