import { mediaError } from '../../errors.ts';
import type { Volume } from '../../ports.ts';
import type { RunProgram } from '../program.ts';

/** Drops what the kernel keeps of a volume's blocks; a file system in user space reads through that. Takes root. */
export async function forgetBlocks(run: RunProgram, { node }: Volume): Promise<void> {
  const { status, stderr } = await run('blockdev', ['--flushbufs', node]);
  if (status === 0) return;
  throw mediaError(
    'READ_BACK_IMPOSSIBLE',
    `what the system keeps of ${node} in memory could not be dropped: ${stderr.trim()}`,
  );
}
