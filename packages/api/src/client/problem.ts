import { problem } from '../schemas/common.ts';

/** What the service answered instead of what was asked for. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** What programs decide by. */
  readonly code: string;
  readonly remedy: string;
  /** Id of the request, as in the logs of the service. */
  readonly request: string;
  /** Seconds to wait before the next try; `null`: it did not say. */
  readonly retryAfter: number | null;

  constructor(
    told: { status: number; code: string; detail: string; remedy: string; request: string },
    retryAfter: number | null,
  ) {
    super(told.detail);
    this.status = told.status;
    this.code = told.code;
    this.remedy = told.remedy;
    this.request = told.request;
    this.retryAfter = retryAfter;
  }
}

/** Nobody answered, or it was no answer of ours. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** What an answer that is no success says of itself. */
export async function problemIn(answer: Response): Promise<Error> {
  const waits = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(waits) ? waits : null;
  const body: unknown = await answer.json().catch(() => null);
  const told = problem.safeParse(body);
  if (told.success) return new ApiProblem(told.data, retryAfter);
  return new ServiceUnreachable(`it answered ${String(answer.status)}, not as Holdfast does`);
}
