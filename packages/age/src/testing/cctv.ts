import { inflateSync } from 'node:zlib';
import * as files from 'cctv-age';

/** One of the test vectors of the age project (C2SP CCTV, "age"). */
export interface Vector {
  readonly name: string;
  readonly expect: string;
  /** SHA-256 of all plaintext that is released, in hexadecimal. */
  readonly payload: string | null;
  readonly fileKey: string;
  readonly identities: readonly string[];
  readonly passphrases: readonly string[];
  readonly armored: boolean;
  readonly file: Uint8Array;
}

export const vectors: readonly Vector[] = Object.entries(files).map(([name, bytes]) =>
  parseVector(name, Buffer.from(bytes)),
);

function parseVector(name: string, bytes: Buffer): Vector {
  const end = bytes.indexOf('\n\n');
  const fields = bytes
    .toString('latin1', 0, end)
    .split('\n')
    .map((line) => /^([a-z ]+): (.*)$/.exec(line))
    .map((match) => ({ name: match?.[1] ?? '?', value: match?.[2] ?? '' }));
  const known = ['expect', 'payload', 'file key', 'identity', 'passphrase', 'armored'];
  const stranger = fields.find((f) => ![...known, 'compressed', 'comment'].includes(f.name));
  if (stranger !== undefined) throw new Error(`${name}: unknown field ${stranger.name}`);
  const all = (field: string): string[] =>
    fields.filter((f) => f.name === field).map((f) => f.value);
  const body = bytes.subarray(end + 2);
  return {
    name,
    expect: all('expect')[0] ?? '',
    payload: all('payload')[0] ?? null,
    fileKey: all('file key')[0] ?? '',
    identities: all('identity'),
    passphrases: all('passphrase'),
    armored: all('armored')[0] === 'yes',
    file: all('compressed')[0] === 'zlib' ? inflateSync(body) : body,
  };
}
