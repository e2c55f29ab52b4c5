import type { Discovery, Find, PathFacts, Preset, Unseen } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, type Row } from './report.ts';
import { sizeText } from './size.ts';
import { printable } from './to-terminal.ts';

/** More of them would hide the finds; --json has all. */
const MOST_UNSEEN = 12;
const MOST_NAMES = 4;

/** Each find with the line that backs it up, then what could not be looked at, then the sum of it. */
export function discoveryLines({ finds, unseen }: Discovery, output: Output): string[] {
  return [
    ...finds.flatMap((find) => [...findLines(find, output), '']),
    ...unseenLines(unseen, output),
    sumOf(finds),
  ];
}

/** What was looked for and is not there, and where. */
export function presetLines(
  presets: readonly Preset[],
  placesOf: (preset: Preset) => readonly string[],
): string[] {
  if (presets.length === 0) return [];
  return [
    '',
    'Looked for, and not found:',
    ...presets.flatMap((preset) => [
      `  ${preset.id}  ${preset.system}: ${preset.secret}`,
      ...placesOf(preset).map((place) => `      ${place}`),
    ]),
  ];
}

function findLines(find: Find, { paint }: Output): string[] {
  const { system, secret, is, loss, note, paths, warnings, backedUp, backup } = find;
  const state =
    backedUp === null
      ? paint('red', 'not backed up, as far as Holdfast knows')
      : paint('green', `backed up, last on ${backedUp}`);
  return [
    `${system}: ${secret}`,
    ...columns([
      ['is', is],
      ...paths.map((facts, place): Row => [place === 0 ? 'at' : '', pathLine(facts)]),
      ['if lost', loss],
      ...warnings.map(({ path, words }, place): Row => [
        place === 0 ? 'mind' : '',
        paint('yellow', printable(`${path} ${words}`)),
      ]),
      ['note', note],
      ['backup', state],
      ['', backup.line ?? 'its name cannot be written in a line: give it by hand'],
    ]),
  ];
}

/** `/etc/gitlab/gitlab-secrets.json  0600 root  15.2 KiB`. */
function pathLine({ path, kind, mode, uid, size }: PathFacts): string {
  const owner = uid === 0 ? 'root' : `uid ${String(uid)}`;
  const what = size === null ? (kind === 'folder' ? 'folder' : kind) : sizeText(size);
  return `${printable(path)}  ${mode} ${owner}  ${what}`;
}

function unseenLines(unseen: readonly Unseen[], { paint }: Output): string[] {
  if (unseen.length === 0) return [];
  const shown = unseen.slice(0, MOST_UNSEEN).map(({ path, why, presets }) => {
    const names = presets.slice(0, MOST_NAMES).join(', ');
    const more = presets.length - MOST_NAMES;
    return `  ${printable(`${path}: ${why}`)}  (${names}${more > 0 ? ` and ${String(more)} more` : ''})`;
  });
  const rest = unseen.length - shown.length;
  return [
    `${paint('yellow', 'could not look into')} what may hold others:`,
    ...shown,
    ...(rest > 0 ? [`  and ${String(rest)} more; --json has them all`] : []),
    '',
  ];
}

function sumOf(finds: readonly Find[]): string {
  if (finds.length === 0) {
    return 'Nothing was found in the places that are known; holdfast discover --all lists them.';
  }
  const safe = finds.filter(({ backedUp }) => backedUp !== null).length;
  const found = finds.length === 1 ? '1 secret found' : `${String(finds.length)} secrets found`;
  return `${found}, ${String(safe)} backed up.`;
}
