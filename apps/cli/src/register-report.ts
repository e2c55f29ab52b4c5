import type { Clones, RegisteredMedium } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

/** What the register has of a medium, without what is plugged in. */
export type MediumInRegister = Omit<RegisteredMedium, 'nodes' | 'formerLabel' | 'copies'>;

/** One medium of the register, after it was described. */
export function registeredLines(row: MediumInRegister, { paint }: Output): string[] {
  return [
    `${paint('green', 'known as')} ${nameIn(row)}`,
    ...columns([...wordRows(row), ['id', row.id]]),
  ];
}

/** The media that the register knows and that are not plugged in. */
export function absentLines(register: readonly RegisteredMedium[]): string[] {
  const absent = register.filter(({ nodes }) => nodes.length === 0);
  if (absent.length === 0) return [];
  const lines = absent.flatMap((row) => [
    nameIn(row),
    ...columns([...wordRows(row), ['last seen', row.lastSeen], ...copyRows(row)]),
  ]);
  return ['', 'Not plugged in:', ...lines];
}

/** What the register adds to a medium that is plugged in. */
export function presentLines(row: RegisteredMedium, { paint }: Output): string[] {
  const { formerLabel, label } = row;
  const former = formerLabel === '' ? 'had no label' : `was called ${printable(formerLabel ?? '')}`;
  const renamed =
    formerLabel === null ? [] : [`${paint('yellow', 'renamed')}: it ${former} before`];
  const called =
    row.name === null || row.name === label ? [] : [['known as', nameIn(row)] as const];
  return [
    ...columns([...called, ...wordRows(row), ...copyRows(row)]),
    ...renamed.map((line) => `  ${line}`),
  ];
}

export function cloneLines(clones: readonly Clones[], { paint }: Output): string[] {
  return clones.flatMap(({ uuid, among }) => [
    `${paint('yellow', 'cloned')}: one file system, ${printable(uuid)}, is on several media; give all but one a new UUID`,
    ...among.map((words) => `  ${printable(words)}`),
  ]);
}

function nameIn({ name, label, product, id }: MediumInRegister): string {
  return printable(name ?? label ?? product ?? id);
}

function wordRows({ name, label, location, owner, protected: kept }: MediumInRegister): Row[] {
  return [
    ['label', label === null || label === (name ?? label) ? null : printable(label)],
    ['lies', location === null ? null : printable(location)],
    ['owner', owner === null ? null : printable(owner)],
    ['protected', kept ? 'nothing is ever written to it' : null],
  ];
}

function copyRows({ copies }: RegisteredMedium): Row[] {
  return copies.map(({ secret, backup, file, number, of, superseded }, place): Row => {
    const what = printable(secret ?? `backup ${backup}`);
    const which = number === null || of === null ? '' : `, copy ${String(number)} of ${String(of)}`;
    const old = superseded ? ', superseded' : '';
    return [place === 0 ? 'holds' : '', `${what}${which}${old}: ${printable(file)}`];
  });
}
