import { HoldfastError, type ErrorCode } from '@holdfast/core';
import type { Problem } from '@holdfast/api';
import type { ServerErrorCode } from '../errors.ts';
import { HTTP_STATUS } from './http-status.ts';

/** What was wrong with the request, part by part; never what was in it. */
export interface Fault {
  readonly where: string;
  readonly words: string;
}

/** A request that does not fit the contract. */
export class RequestFault extends HoldfastError<'REQUEST_INVALID'> {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const [first] = faults;
    const words = first === undefined ? 'it does not fit' : `${first.where} ${first.words}`;
    const remedy = 'Correct what is named; /openapi.json has the whole contract.';
    super('REQUEST_INVALID', `the request is wrong: ${words}`, remedy);
    this.faults = faults;
  }
}

export interface Answered {
  readonly problem: Problem;
  /** Seconds, for Retry-After. */
  readonly retryAfter: number | null;
  /** Whether it is a defect, or this machine’s fault: to be logged. */
  readonly isOurs: boolean;
}

const RETRY_AFTER: Partial<Record<number, number>> = { 429: 60, 503: 2 };

/** The answer that an error becomes, by RFC 9457. Of a defect it says nothing. */
export function problemOf(error: unknown, request: string): Answered {
  const known = error instanceof HoldfastError ? knownIn(error as HoldfastError) : null;
  const code = known?.code ?? 'INTERNAL';
  const status = isKnown(code) ? HTTP_STATUS[code] : 500;
  const detail = known?.message ?? 'this is a defect in Holdfast';
  const remedy =
    known?.remedy ?? 'Report it with the request id, and what the log of the service says of it.';
  const problem = {
    type: `urn:holdfast:problem:${code}`,
    title: titleOf(code),
    ...{ status, code, detail, remedy, request },
    ...(known instanceof RequestFault && { faults: [...known.faults] }),
  };
  const asked = known !== null && 'retryAfter' in known ? Number(known.retryAfter) : null;
  const retryAfter = asked ?? RETRY_AFTER[status] ?? null;
  return { problem, retryAfter, isOurs: known === null || (status >= 500 && status !== 503) };
}

/** `null`: it is none of ours after all. */
function knownIn(error: HoldfastError): HoldfastError | null {
  return isKnown(error.code) ? error : null;
}

function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isKnown(code: string): code is ErrorCode | ServerErrorCode {
  return Object.hasOwn(HTTP_STATUS, code);
}

/** An error that says how many seconds to wait before the next try. */
export class Later extends HoldfastError<'OVERLOADED' | 'TOO_MANY_FAILURES' | 'STOPPING'> {
  readonly retryAfter: number;

  constructor(code: Later['code'], message: string, seconds: number) {
    super(code, message, 'Try again after as many seconds as Retry-After says.');
    this.retryAfter = Math.max(1, Math.ceil(seconds));
  }
}
