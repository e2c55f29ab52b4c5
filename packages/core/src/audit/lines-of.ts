const NEWLINE = 0x0a;

/**
 * The lines of a stream of bytes, ended by newlines and by nothing else: to readline, a U+2028 inside a text ends a line
 * as well. One that is longer than `limit` bytes is `null`, and is not held. Invalid UTF-8 reads as what no line of
 * ours holds.
 */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<{ readonly text: string | null; readonly size: number }> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array): void => {
    size += part.length;
    if (size <= limit) parts.push(part);
    else parts = [];
  };
  const line = (): { text: string | null; size: number } => {
    const whole = { text: size <= limit ? Buffer.concat(parts).toString('utf8') : null, size };
    [parts, size] = [[], 0];
    return whole;
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (size > 0) yield line();
}
