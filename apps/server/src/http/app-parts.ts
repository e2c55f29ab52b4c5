import type { Express } from 'express';
import type { Authenticate } from '../auth/ports.ts';
import type { Service } from '../service.ts';
import type { Handlers } from './handler.ts';
import type { Load } from './load.ts';

/** What the program of the service is put together from. */
export interface AppParts {
  readonly service: Service;
  readonly authenticate: Authenticate;
  readonly handlers: Handlers;
  readonly load: Load;
  readonly isTls: boolean;
  /** Holds every answer to the contract too: for tests, as it costs time. */
  readonly checkAnswers?: boolean | undefined;
  /** Told of each answer. */
  readonly onAnswer?: ((answer: Answered) => void) | undefined;
  /** Addresses beside the contract: health, metrics, the contract itself. */
  readonly beside?: ((app: Express) => void) | undefined;
}

export interface Answered {
  /** Id of the route, or `none`. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}
