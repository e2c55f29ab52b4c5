import { JOB_STATES, type Job } from '@holdfast/api';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withService } from '../remote/connect-service.ts';
import { jobListLines } from '../remote/job-lines.ts';
import { usageError } from '../usage.ts';

export const command = {
  options: {
    only: { type: 'string', nargs: 1, describe: 'in this state: running, awaiting-approval …' },
    limit: { type: 'number', nargs: 1, default: 50, describe: 'how many' },
  },
  example: 'jobs list --server https://vault:8443 --access-token-file token',
  remote: 'only',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, { output }: Context): Promise<void> {
  const { only, limit } = args;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw await usageError('--limit takes a whole number from 1 to 1000');
  }
  const state = JOB_STATES.find((each) => each === only);
  if (only !== undefined && state === undefined) {
    throw await usageError(`--only takes one of ${JOB_STATES.join(', ')}`);
  }
  const query = { limit, ...(state !== undefined && { state }) };
  const page = await withService(args, async (client) => await client.call('listJobs', { query }));
  const rows: readonly Job[] = page.rows;
  output.result(page, () => jobListLines(rows, output));
}
