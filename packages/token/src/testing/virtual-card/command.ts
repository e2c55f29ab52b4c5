/** A command APDU (ISO 7816-3, 12.1), short or extended. */
export interface Command {
  /** More parts of the same command follow. */
  readonly chained: boolean;
  readonly instruction: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  /** The most bytes that the reader takes; `null` when it named none, as it must with T=0. */
  readonly expected: number | null;
}

export function parseCommand(apdu: Buffer): Command {
  const [cla = 0, instruction = 0, p1 = 0, p2 = 0] = apdu;
  return { chained: (cla & 0x10) !== 0, instruction, p1, p2, ...parseBody(apdu.subarray(4)) };
}

function parseBody(body: Buffer): Pick<Command, 'data' | 'expected'> {
  const none = Buffer.alloc(0);
  const [first] = body;
  if (first === undefined) return { data: none, expected: null };
  if (body.length === 1) return { data: none, expected: first || 0x100 };
  if (first !== 0) return parts(body.subarray(1), first, 0x100);
  if (body.length === 3) return { data: none, expected: body.readUInt16BE(1) || 0x10000 };
  return parts(body.subarray(3), body.readUInt16BE(1), 0x10000);
}

function parts(rest: Buffer, length: number, most: number): Pick<Command, 'data' | 'expected'> {
  const after = rest.subarray(length);
  const expected = after.length === 0 ? null : after.readUIntBE(0, after.length) || most;
  return { data: rest.subarray(0, length), expected };
}
