import type { Readable } from 'node:stream';
import type { JsonOf, Role, Route, RouteId, Routes, Taken } from '@holdfast/api';
import type { Login } from '../auth/login.ts';
import type { Actor, Principal } from '../auth/principal.ts';
import type { Service } from '../service.ts';

/** A request that was let in and checked. */
export type Call<R extends Route> = Taken<R> & {
  readonly service: Service;
  readonly principal: Principal & { readonly role: Role };
  /** How it is known who that is. */
  readonly login: Login;
  /** Address that it came from. */
  readonly from: string;
  /** The Host that it is for. */
  readonly host: string;
  readonly actor: Actor;
  /** Of the request. */
  readonly id: string;
  /** Fires when the caller is gone, or the program is asked to end. */
  readonly signal: AbortSignal;
  /** The body, of a route that takes bytes; bounded as the contract says. */
  readonly stream: Readable;
  /** Whether a second administrator has to approve it. */
  readonly mustApprove: boolean;
  /** The Last-Event-ID header. */
  readonly lastEventId: string | undefined;
};

/** What is to be answered. */
export type Reply<R extends Route> =
  | {
      [Status in keyof R['answers'] & number]: R['answers'][Status] extends {
        readonly json: unknown;
      }
        ? {
            readonly status: Status;
            readonly json: JsonOf<R, Status>;
            readonly headers?: Readonly<Record<string, string>>;
          }
        : never;
    }[keyof R['answers'] & number]
  | {
      readonly status: keyof R['answers'] & number;
      readonly bytes: Readable;
      readonly size?: number | undefined;
      /** What to save it as. */
      readonly fileName?: string | undefined;
    }
  | {
      readonly status: keyof R['answers'] & number;
      readonly events: AsyncIterable<{ readonly id?: string; readonly data: unknown }>;
    }
  | {
      readonly status: keyof R['answers'] & number;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Handler<Id extends RouteId> = (call: Call<Routes[Id]>) => Promise<Reply<Routes[Id]>>;

/** One handler a route. */
export type Handlers<Ids extends RouteId = RouteId> = { readonly [Id in Ids]: Handler<Id> };
