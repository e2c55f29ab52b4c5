import type { KeyReport } from '../../ports.ts';
import type { ContractSubject } from './subject.ts';

/** What can be said of a token as a whole. `run` throws when it does not hold. */
export interface TokenCheck {
  readonly name: string;
  applies(subject: ContractSubject): boolean;
  run(subject: ContractSubject): Promise<void>;
}

/** What can be said of one key. */
export interface KeyCheck {
  readonly name: string;
  applies(key: KeyReport): boolean;
  run(subject: ContractSubject, key: KeyReport): Promise<void>;
}

export function tokenCheck(
  name: string,
  run: TokenCheck['run'],
  applies: TokenCheck['applies'] = () => true,
): TokenCheck {
  return { name, run, applies };
}

export function keyCheck(
  name: string,
  run: KeyCheck['run'],
  applies: KeyCheck['applies'] = () => true,
): KeyCheck {
  return { name, run, applies };
}
