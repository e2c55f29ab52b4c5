import type { Job } from '@holdfast/api';
import type { Client } from '@holdfast/api/client';
import type { Progress } from '@holdfast/core';
import type { Context } from '../context.ts';
import { openProgressLine } from '../progress.ts';
import { toldBy } from './refusal.ts';

/** Shows how a job goes on, until it has ended. Whoever calls it off has the job called off. */
export async function followJob(
  client: Client,
  id: string,
  { output, signal }: Context,
): Promise<Job> {
  using line = openProgressLine(output.quiet ? { write: () => undefined } : process.stderr);
  const params = { id };
  const isOver = new AbortController();
  const cancel = (): void => {
    output.note('Asks the service to call it off …');
    client.call('cancelJob', { params }).catch((cause: unknown) => {
      // It may have ended by now, which is told below.
      isOver.abort(cause);
    });
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const { progress, note, state } of client.events('followJob', { params })) {
      if (progress !== undefined) line.show(progress as Progress);
      if (note !== undefined) output.note(`note: ${note}`);
      if (state === 'awaiting-approval')
        output.note('Waits for another administrator to approve it.');
    }
    return await client.call('showJob', { params });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Throws what a job ended with, unless it ended well. */
export async function assertFinished({ state, failure, id }: Job): Promise<void> {
  if (state === 'finished') return;
  if (state === 'cancelled') {
    const { coreError } = await import('@holdfast/core');
    throw coreError('COMMAND_FAILED', `the job ${id} was called off`);
  }
  const remedy = 'See what stands with: holdfast --server … status.';
  throw await toldBy(
    failure ?? { code: state.toUpperCase(), message: `the job is ${state}`, remedy },
  );
}
