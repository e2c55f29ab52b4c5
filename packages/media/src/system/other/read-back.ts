import { mediaError } from '../../errors.ts';
import type { Volume } from '../../ports.ts';

/** Neither macOS nor Windows can be told to forget what they keep of a volume that stays mounted. */
export async function readBackImpossible({ node }: Volume): Promise<never> {
  throw mediaError(
    'READ_BACK_IMPOSSIBLE',
    `this system cannot be told to forget what it keeps of ${node} in memory while it is mounted`,
  );
}
