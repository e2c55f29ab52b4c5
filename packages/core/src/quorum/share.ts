import { Secret } from '@holdfast/age';
import { MAX_CUSTODIANS, isCustodianName } from '../backup-file/layout.ts';
import { coreError } from '../errors.ts';

/** What one custodian holds, and which shares it fits together with. Disposing it wipes the share itself. */
export interface Share extends Disposable {
  /** Id of the backup. */
  readonly backup: string;
  readonly envelope: number;
  /** Of the split that it comes from, in hex. */
  readonly set: string;
  readonly custodian: string;
  /** At which the polynomial was taken. */
  readonly index: number;
  readonly threshold: number;
  /** How many there are. */
  readonly shares: number;
  /** One byte for each byte that was split. */
  readonly value: Secret;
}

const VERSION = '1';

/** No envelope is longer, and no share is longer than what was split. */
const MAX_VALUE = 4096;
const MAX_TEXT = 1024 + 2 * MAX_VALUE;

const LABELS = [
  'holdfast-share',
  'backup-id',
  'envelope',
  'set',
  'custodian',
  'index',
  'threshold',
  'shares',
] as const;

const FORMS: readonly ((value: string) => boolean)[] = [
  (value) => value === VERSION,
  (value) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  (value) => /^[1-9][0-9]{0,5}$/.test(value),
  (value) => /^[0-9a-f]{32}$/.test(value),
  isCustodianName,
  (value) => isNumber(value, 1),
  (value) => isNumber(value, 2),
  (value) => isNumber(value, 2),
];

/** The plaintext of a share's age file, in its one form. The result is the caller's to dispose. */
export function openShareText(share: Omit<Share, typeof Symbol.dispose>): Secret {
  const { backup, envelope, set, custodian, index, threshold, shares, value } = share;
  const values = [VERSION, backup, envelope, set, custodian, index, threshold, shares];
  const comments = LABELS.map((label, place) => `# ${label}: ${String(values[place])}\n`).join('');
  const head = new TextEncoder().encode(comments);
  const text = new Uint8Array(head.length + 2 * value.bytes.length + 1);
  text.set(head);
  writeHex(value.bytes, text.subarray(head.length));
  text[text.length - 1] = 0x0a;
  return Secret.take(text);
}

/**
 * Reads a share; `text` stays the caller's to wipe, and so does the result. `what` names it in the error.
 *
 * @throws SHARE_INVALID for all but the one form of a share
 */
export function openShare(text: Uint8Array, what: string): Share {
  const refuse = (why: string): never => {
    throw coreError('SHARE_INVALID', `${what} ${why}`);
  };
  if (text.length > MAX_TEXT) return refuse('is too long to be a share');
  let rest = text;
  const values: string[] = [];
  for (const [place, label] of LABELS.entries()) {
    const end = rest.indexOf(0x0a);
    // Bytes are compared, not characters: there is one way only to write each of them.
    const line = end < 0 ? '' : Buffer.from(rest.subarray(0, end)).toString('latin1');
    const prefix = `# ${label}: `;
    const value = line.slice(prefix.length);
    if (!line.startsWith(prefix) || FORMS[place]?.(value) !== true) {
      return refuse(place === 0 ? 'holds no share' : `is mangled at its ${label}`);
    }
    values.push(value);
    rest = rest.subarray(end + 1);
  }
  using held = new DisposableStack();
  const value = held.use(openHex(rest.at(-1) === 0x0a ? rest.subarray(0, -1) : new Uint8Array()));
  if (value === null) return refuse('is mangled in its last line');
  held.move();
  const [, backup = '', envelope, set = '', custodian = '', index, threshold, shares] = values;
  return {
    backup,
    set,
    custodian,
    value,
    envelope: Number(envelope),
    index: Number(index),
    threshold: Number(threshold),
    shares: Number(shares),
    [Symbol.dispose]: () => {
      value[Symbol.dispose]();
    },
  };
}

function isNumber(value: string, least: number): boolean {
  return (
    /^[1-9][0-9]{0,2}$/.test(value) && Number(value) >= least && Number(value) <= MAX_CUSTODIANS
  );
}

const DIGITS = new TextEncoder().encode('0123456789abcdef');

/** No string is made of a share on the way: strings cannot be wiped. */
function writeHex(bytes: Uint8Array, into: Uint8Array): void {
  for (const [place, byte] of bytes.entries()) {
    into[2 * place] = DIGITS[byte >> 4] ?? 0;
    into[2 * place + 1] = DIGITS[byte & 15] ?? 0;
  }
}

function openHex(digits: Uint8Array): Secret | null {
  const length = digits.length / 2;
  if (length < 1 || length > MAX_VALUE || !Number.isInteger(length)) return null;
  using held = new DisposableStack();
  const secret = held.use(Secret.take(new Uint8Array(length)));
  for (let place = 0; place < length; place += 1) {
    const high = DIGITS.indexOf(digits[2 * place] ?? 0);
    const low = DIGITS.indexOf(digits[2 * place + 1] ?? 0);
    if (high < 0 || low < 0) return null;
    secret.bytes[place] = (high << 4) | low;
  }
  held.move();
  return secret;
}
