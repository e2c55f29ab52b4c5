import { Header, type HeaderData } from 'tar';

export interface Forged {
  readonly name: string;
  readonly type: NonNullable<HeaderData['type']>;
  readonly linkpath?: string;
}

/** A well-formed tar of whatever entries, each file with four bytes. */
export async function forgeTar(entries: readonly Forged[]): Promise<Buffer> {
  const blocks = entries.flatMap(({ name, type, linkpath }) => {
    const block = Buffer.alloc(512);
    const size = type === 'File' ? 4 : 0;
    new Header({
      path: name,
      type,
      mode: 0o755,
      size,
      mtime: new Date(0),
      ...(linkpath !== undefined && { linkpath }),
    }).encode(block);
    return size === 0 ? [block] : [block, Buffer.alloc(512, 'evil', 'latin1').fill(0, 4)];
  });
  return await Promise.resolve(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
