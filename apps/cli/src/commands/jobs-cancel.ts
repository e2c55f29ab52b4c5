import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withService } from '../remote/connect-service.ts';
import { jobLines } from '../remote/job-lines.ts';

export const command = {
  positionals: { id: { type: 'string', demandOption: true, describe: 'as jobs list shows it' } },
  example: 'jobs cancel 0b5c… --server https://vault:8443 --access-token-file token',
  remote: 'only',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, { output }: Context): Promise<void> {
  const params = { id: args.id };
  const job = await withService(args, async (client) => await client.call('cancelJob', { params }));
  output.result(job, () => jobLines(job, output));
}
