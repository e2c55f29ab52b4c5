/** Takes a tar apart and puts it together otherwise, for tests that need one that no writer makes. */
export interface RawEntry {
  readonly header: Buffer;
  readonly content: Buffer;
}

export function splitTar(bytes: Buffer): RawEntry[] {
  const entries: RawEntry[] = [];
  let at = 0;
  while (bytes[at] !== 0) {
    const header = Buffer.from(bytes.subarray(at, at + 512));
    const size = parseInt(header.toString('latin1', 124, 135), 8);
    const padded = Math.ceil(size / 512) * 512;
    entries.push({ header, content: Buffer.from(bytes.subarray(at + 512, at + 512 + padded)) });
    at += 512 + padded;
  }
  return entries;
}

export function joinTar(entries: readonly RawEntry[]): Buffer {
  const parts = entries.flatMap(({ header, content }) => [header, content]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A copy of an entry with other header fields (by offset) and a correct checksum. */
export function alterHeader(entry: RawEntry, fields: Readonly<Record<number, string>>): RawEntry {
  const header = Buffer.from(entry.header);
  for (const [offset, text] of Object.entries(fields)) header.write(text, Number(offset), 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return { header, content: entry.content };
}
