import { throwIfCancelled } from '../cancel.ts';
import { ByteBuffer } from '../encoding/byte-buffer.ts';
import { resume } from '../encoding/byte-source.ts';
import { dearmorStream } from './decode.ts';
import { detectArmor } from './format.ts';

/** The age file that `source` yields, armored or not. Its `return` closes `source`. */
export async function undress(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<AsyncIterator<Uint8Array>> {
  const iterator = source[Symbol.asyncIterator]();
  const beginning = new ByteBuffer();
  while (detectArmor(beginning.bytes) === 'unknown') {
    throwIfCancelled(signal);
    const next = await iterator.next();
    if (next.done === true) break;
    beginning.append(next.value);
  }
  const all = resume(beginning.bytes, iterator);
  return detectArmor(beginning.bytes) === 'armor' ? dearmorStream(all) : all;
}
