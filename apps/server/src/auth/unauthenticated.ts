import { HoldfastError } from '@holdfast/core';

/** Somebody who did not prove who they are; by what they tried, and who they said to be. */
export class Unauthenticated extends HoldfastError<'UNAUTHENTICATED'> {
  readonly by: string;
  /** It may be anything that somebody came up with: cut to what a log can hold. */
  readonly as: string | null;

  constructor(by: string, message: string, as: string | null = null) {
    super('UNAUTHENTICATED', message, by === 'session' ? LOG_IN : SEND);
    this.by = by;
    this.as = as === null ? null : cut(as);
  }
}

const SEND =
  'Send a client certificate, or an Authorization header with a bearer token that is valid.';
const LOG_IN = 'Log in again: in the console, or by POST /v1/session.';

function cut(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{N} .,_@+'-]/gu, '?');
  return /^.{0,64}/u.exec(plain)?.[0] ?? '';
}
