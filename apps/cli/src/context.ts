import type { Output } from './output.ts';

/** What a command is given besides its arguments. */
export interface Context {
  readonly output: Output;
  /** Raised by Ctrl-C or a request to end. */
  readonly signal: AbortSignal;
}

/** The options that every command takes. */
export interface GlobalArgs {
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly 'no-color': boolean;
  /** Address of a service that does it instead of this machine. */
  readonly server?: string | undefined;
  readonly accessTokenFile?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly ca?: string | undefined;
}
