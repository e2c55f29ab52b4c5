import type { PinSource, Secret } from '@holdfast/core';

/** Keeps PINs that people handed over, in memory only, each for as long as it is used. */
export interface PinAgent extends PinSource, Disposable {
  /**
   * Takes a PIN over for the token with this label and serial number. It is wiped when nobody has used it for `idle`
   * seconds (`null`: however long; nobody typed it, it was stored), when the token has refused it, and when the program
   * ends.
   */
  keep(
    token: { readonly label: string; readonly serial: string },
    pin: Secret,
    idle: number | null,
  ): void;
  /** Whether there was one. */
  forget(token: { readonly label: string; readonly serial: string }): boolean;
  /** Which tokens there is one for, and until when if nobody uses it. */
  readonly kept: readonly {
    readonly label: string;
    readonly serial: string;
    readonly until: string | null;
  }[];
}
