import type { z } from 'zod';

/** Who may do what. `custodian` is whoever holds the invitation to one quorum session, and nothing else. */
export type Role = 'administrator' | 'operator' | 'auditor' | 'custodian';

export const READERS = ['administrator', 'operator', 'auditor'] as const satisfies readonly Role[];
export const OPERATORS = ['administrator', 'operator'] as const satisfies readonly Role[];
export const ADMINISTRATORS = ['administrator'] as const satisfies readonly Role[];

/** What a route answers with one status. */
export type Answer =
  | { readonly words: string; readonly json: z.ZodType }
  /** Bytes of this media type. */
  | { readonly words: string; readonly bytes: string }
  /** Server-sent events; each is one of these as JSON in `data`. */
  | { readonly words: string; readonly events: z.ZodType }
  /** Nothing but headers. */
  | { readonly words: string };

/** What a route takes as its body: JSON, or bytes that are streamed and never held whole. */
export type Body =
  | { readonly json: z.ZodType }
  | { readonly bytes: 'application/octet-stream'; readonly maxBytes: number };

/** An act that a second administrator has to approve where the configuration asks for it. */
export type FourEyes = 'restore' | 'envelopes' | 'import';

/** One route of the contract. Its id is the name under which a table of routes holds it. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{name}` for each of `params`. */
  readonly path: `/v1/${string}`;
  /** The heading under which it is described. */
  readonly group: string;
  /** One line. */
  readonly summary: string;
  /** What the line cannot say. */
  readonly words?: string;
  readonly roles: readonly Role[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: Body;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Takes an Idempotency-Key: the same request again gets the same answer, after a restart too. */
  readonly idempotent?: boolean;
  readonly fourEyes?: FourEyes;
}

/** Keeps the exact types of a table of routes. */
export function routes<const Table extends Readonly<Record<string, Route>>>(table: Table): Table {
  return table;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Given<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;

/** What a handler of the route is given, checked. */
export interface Taken<R extends Route> {
  readonly params: R extends { readonly params: infer S } ? Parsed<S> : undefined;
  readonly query: R extends { readonly query: infer S } ? Parsed<S> : undefined;
  readonly body: R extends { readonly body: { readonly json: infer S } } ? Parsed<S> : undefined;
}

/** What a caller of the route gives. */
export interface Sent<R extends Route> {
  readonly params: R extends { readonly params: infer S } ? Given<S> : undefined;
  readonly query: R extends { readonly query: infer S } ? Given<S> : undefined;
  readonly body: R extends { readonly body: { readonly json: infer S } } ? Given<S> : undefined;
}

/** The JSON that a route answers with one status. */
export type JsonOf<
  R extends Route,
  Status extends keyof R['answers'],
> = R['answers'][Status] extends { readonly json: infer S extends z.ZodType } ? z.input<S> : never;
