import type { FoundCopy, RebuildReport } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, warningRows } from './report.ts';
import { printable } from './to-terminal.ts';

export function rebuildLines(report: RebuildReport, { paint }: Output): string[] {
  const { aside, former, backups, copies, media, drills, custodians, places, warnings } = report;
  const unknown = places
    .flatMap((place) => place.copies)
    .filter(({ backup }) => backup?.facts.trusted === false).length;
  return [
    ...places.flatMap(({ where, copies: found }) => [
      found.length === 0 ? `${printable(where)}: there is no backup` : printable(where),
      ...table(found.map((copy) => copyCells(copy, paint))),
    ]),
    `${paint('green', 'rebuilt')} the catalog`,
    ...columns([
      ['former', printable(former)],
      ['kept', aside === null ? null : printable(aside)],
      [
        'found',
        `${count(backups, 'backup')}, ${count(copies, 'copy', 'copies')}, ${count(media, 'medium', 'media')}`,
      ],
      ['and', `${count(drills, 'drill')}, ${count(custodians, 'custodian')}`],
      [
        'mind',
        unknown === 0
          ? null
          : `${count(unknown, 'copy is', 'copies are')} not by a signer who is trusted here`,
      ],
      ...warningRows(warnings),
      [
        'lost',
        'names and places of media, contacts of custodians, and who did what, where no copy tells it',
      ],
    ]),
  ];
}

function copyCells(
  { file, backup, unfinished, outcome, words }: FoundCopy,
  paint: Output['paint'],
): string[] {
  const state =
    outcome !== 'ok'
      ? paint('red', `${outcome}: ${printable(words ?? '')}`)
      : unfinished
        ? 'never finished: not counted'
        : backup?.facts.trusted === true
          ? 'signed, trusted'
          : 'not by a signer who is trusted here';
  const what = backup === null ? '' : (backup.secret ?? 'not told (discreet)');
  const which =
    backup === null
      ? ''
      : `generation ${String(backup.facts.generation)} of ${backup.facts.created}`;
  return [printable(file), printable(what), which, state];
}

function count(many: number, one: string, more = `${one}s`): string {
  return `${String(many)} ${many === 1 ? one : more}`;
}
