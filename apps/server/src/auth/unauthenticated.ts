import { HoldfastError } from '@holdfast/core';

/** Somebody who did not prove who they are; by what they tried, and who they said to be. */
export class Unauthenticated extends HoldfastError<'UNAUTHENTICATED'> {
  readonly by: string;
  readonly as: string | null;

  constructor(by: string, message: string, as: string | null = null) {
    const remedy =
      'Send a client certificate, or an Authorization header with a bearer token that is valid.';
    super('UNAUTHENTICATED', message, remedy);
    this.by = by;
    this.as = as;
  }
}
