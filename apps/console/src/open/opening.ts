import { service } from '../api/service.ts';
import type { Got } from '../api/queries.ts';
import { composedOf, type Composed } from '../envelopes/composed.ts';

type Backup = Got<'showBackup'>['backup'];
export type Envelope = Backup['envelopes'][number];

/** What somebody opens a backup with. It is gone with the page. */
export interface Opening {
  /** Number of the envelope that is meant; `null`: any that opens. */
  readonly envelope: number | null;
  readonly password: string;
  /** Alias; empty: any that fits. */
  readonly token: string;
  readonly pin: string;
  readonly identities: string;
}

export const NO_OPENING: Opening = {
  ...{ envelope: null, password: '', token: '', pin: '', identities: '' },
};

/** What has to be given for the envelope that is meant, or may be for any of them. */
export interface Needs {
  readonly password: boolean;
  readonly token: boolean;
  readonly identities: boolean;
  readonly quorum: boolean;
}

export function needsOf(envelopes: readonly Envelope[], chosen: number | null): Needs {
  const meant = envelopes.filter(({ index }) => chosen === null || index === chosen);
  const composed = meant.map(({ factors }) => composedOf(factors));
  const has = (test: (it: Extract<Composed, { kind: 'factors' }>) => boolean): boolean =>
    composed.some((it) => it?.kind === 'factors' && test(it));
  return {
    password: has(({ password }) => password),
    token: has(({ token }) => token !== null),
    identities: has(({ recipient }) => recipient !== ''),
    quorum: composed.some((it) => it?.kind === 'quorum'),
  };
}

/** The body of a request that opens something, without what does not belong to these envelopes. */
export function bodyOf(
  opening: Opening,
  needs: Needs,
): {
  password?: string;
  token?: string;
  identities?: string;
} {
  const { password, token, identities } = opening;
  return {
    ...(needs.password && password !== '' && { password }),
    ...(needs.token && token !== '' && { token }),
    ...(needs.identities && identities.trim() !== '' && { identities }),
  };
}

/** Hands the PIN over that was typed, if one was. @throws ApiProblem, ServiceUnreachable */
export async function handOver({ token, pin }: Opening, needs: Needs): Promise<void> {
  if (needs.token && token !== '' && pin !== '') {
    await service.call('handPin', { body: { token, pin } });
  }
}
