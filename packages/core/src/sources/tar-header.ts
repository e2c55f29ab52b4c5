import type { TreeEntry } from './tree.ts';

/** The blocks before an entry's bytes: a ustar header, and a pax one before it where it must be. */
export async function encodeTarHeader(entry: TreeEntry): Promise<Buffer> {
  const [{ Header }, { Pax }] = await Promise.all([import('tar/header'), import('tar/pax')]);
  const fields = {
    path: entry.type === 'Directory' ? `${entry.name}/` : entry.name,
    type: entry.type,
    mode: Number(entry.stat.mode) & 0o7777,
    uid: Number(entry.stat.uid),
    gid: Number(entry.stat.gid),
    size: entry.type === 'File' ? Number(entry.stat.size) : 0,
    // Whole seconds: a header of the same file is always the same.
    mtime: new Date(Number(entry.stat.mtimeMs / 1000n) * 1000),
    ...(entry.target !== undefined && { linkpath: entry.target }),
  };
  const block = Buffer.alloc(512);
  const needsPax = new Header(fields).encode(block);
  if (!needsPax) return block;
  const { mode: _, type: __, mtime, ...extended } = fields;
  return Buffer.concat([
    new Pax({ ...extended, ...(mtime.getTime() < 0 && { mtime }) }).encode(),
    block,
  ]);
}

/** Zeros that fill an entry up to whole blocks. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

/** Two zero blocks, which end a tar. */
export const TAR_END: Buffer = Buffer.alloc(1024);
