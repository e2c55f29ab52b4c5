import type { RequestName } from './requests.ts';

/** Milliseconds that a module may take, by what it is asked. Some tokens wait to be touched, some think for minutes. */
export interface Deadlines {
  readonly load: number;
  readonly ask: number;
  readonly operate: number;
  readonly generate: number;
  readonly end: number;
}

export const DEADLINES: Deadlines = {
  load: 30_000,
  ask: 20_000,
  operate: 45_000,
  generate: 600_000,
  end: 3_000,
};

const KINDS: Readonly<Record<RequestName, keyof Deadlines>> = {
  load: 'load',
  info: 'ask',
  slots: 'ask',
  mechanisms: 'ask',
  objects: 'ask',
  isLoggedIn: 'ask',
  login: 'operate',
  agree: 'operate',
  decrypt: 'operate',
  mac: 'operate',
  generate: 'generate',
  end: 'end',
};

export function deadlineOf(name: RequestName, deadlines: Deadlines): number {
  return deadlines[KINDS[name]];
}
