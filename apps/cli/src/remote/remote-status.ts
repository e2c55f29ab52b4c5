import type { StatusReport } from '@holdfast/core';
import { usageError } from '../usage.ts';
import { withService, type ServiceArgs } from './connect-service.ts';

export interface RemoteStatusArgs extends ServiceArgs {
  readonly secret?: readonly string[] | undefined;
  readonly live: boolean;
  readonly scheduled: boolean;
  readonly textfile?: string | undefined;
}

/** How things stand, as a service sees them. */
export async function remoteStatus(args: RemoteStatusArgs): Promise<StatusReport> {
  if (args.live) {
    const remedy = 'Give --scheduled, or leave --live out.';
    throw await usageError('a service reads live secrets when their time has come', remedy);
  }
  const secret =
    args.secret === undefined || args.secret.length === 0 ? undefined : [...args.secret];
  const query = { secret, live: args.scheduled ? 'scheduled' : 'no' } as const;
  const report = await withService(
    args,
    async (client) => (await client.call('getStatus', { query })) as unknown as StatusReport,
  );
  if (args.textfile !== undefined) {
    const { writeTextfile } = await import('@holdfast/core');
    await writeTextfile(args.textfile, report);
  }
  return report;
}
