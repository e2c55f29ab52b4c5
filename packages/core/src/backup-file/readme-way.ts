import { envelopePath } from './layout.ts';
import type { Manifest, ManifestQuorum, ManifestToken, PlainFactor } from './manifest.ts';

/** README.txt has a limit; identity lines of large keys stand in backup.json only when they are too many. */
const LINES_LIMIT = 24 * 1024;

/** What README.txt tells of an envelope. */
export interface EnvelopeToOpen {
  readonly index: number;
  readonly factors: readonly FactorToOpen[];
}

export type FactorToOpen = PlainFactor | QuorumToOpen;

/** A quorum whose shares need not be made yet. */
export interface QuorumToOpen extends Pick<ManifestQuorum, 'kind' | 'threshold'> {
  readonly custodians: readonly CustodianToOpen[];
}

export interface CustodianToOpen {
  readonly name: string;
  readonly factors: readonly PlainFactor[];
}

export interface PlainToOpen extends EnvelopeToOpen {
  readonly factors: readonly PlainFactor[];
}

/** Every factor that somebody has to have, those of custodians included. */
export function allFactors(envelopes: readonly EnvelopeToOpen[]): readonly PlainFactor[] {
  return envelopes.flatMap(({ factors }) =>
    factors.flatMap((factor) =>
      factor.kind === 'quorum' ? factor.custodians.flatMap((one) => one.factors) : [factor],
    ),
  );
}

/** How to open one envelope and what it opens with the plain commands, for README.txt. */
export function wayIn(
  { index, factors }: PlainToOpen,
  all: readonly EnvelopeToOpen[],
  payload: PayloadName,
): string {
  const path = envelopePath(index);
  const output = outputOf(payload);
  const label = `Envelope ${String(index)}`;
  const keys = factors.filter((factor) => factor.kind !== 'password');
  if (keys.length === 0) {
    return `${label}: with the password; age asks for it.

    age -d -i ${path} secret.age ${output}
`;
  }
  const needs = keys.map(need);
  if (keys.length < factors.length) needs.push('the password; age asks for it.');
  // Outermost first; a password is innermost, and the last age but one is given its envelope as identity file.
  const steps = keys.map((factor, place) =>
    [`age -d -i ${identityFile(factor, index)}`, ...(place === 0 ? [path] : [])].join(' '),
  );
  const commands = [
    ...keys.flatMap((factor) =>
      factor.kind === 'token' ? [identityCommand(factor, index, all)] : [],
    ),
    `${steps.join(' | ')} | age -d -i - secret.age ${output}`,
  ];
  return `${label}: with ${needs.join('\nAND ')}

${commands.map((command) => `    ${command}\n`).join('')}`;
}

/** What the payload is, and what it is called when it is restored. */
export interface PayloadName {
  readonly kind: Manifest['kind'];
  readonly name: string;
}

export function outputOf({ kind, name }: PayloadName): string {
  return kind === 'tar' ? '| tar -C restored -xpf -' : `> ${name}`;
}

export function need(factor: PlainFactor): string {
  switch (factor.kind) {
    case 'password':
      return 'the password; age asks for it.';
    case 'recipient':
      return `the identity file ${ownerOf(factor.recipient)}`;
    case 'token':
      return `${tokenOf(factor)}; age asks for its PIN
(needs age 1.1.0 or later, and age-plugin-holdfast).`;
  }
}

function tokenOf({ token: key }: ManifestToken): string {
  if (key === null) return 'the token that it was made for';
  const serial = key.token.serial === '' ? '' : ` (serial ${inAscii(key.token.serial)})`;
  const name = key.label === '' ? `with the id ${key.id}` : inAscii(key.label);
  return `the token ${inAscii(key.token.label)}${serial}\nand its key ${name}`;
}

/** Any text, in quotes, plain and in one line: as JSON has it. */
function inAscii(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function identityFile({ kind }: PlainFactor, index: number): string {
  return kind === 'token' ? `token-${String(index)}.txt` : 'your-identity.txt';
}

/** An identity line is not secret: it says which key of which token to use. */
function identityCommand(
  factor: ManifestToken,
  index: number,
  all: readonly EnvelopeToOpen[],
): string {
  const file = identityFile(factor, index);
  if (factor.identity === null) return `holdfast token identity NAME > ${file}`;
  const lines = all.flatMap(({ factors }) =>
    factors.map((each) => (each.kind === 'token' ? (each.identity ?? '').length : 0)),
  );
  const fits = lines.reduce((total, length) => total + length, 0) <= LINES_LIMIT;
  if (fits) return `echo ${factor.identity} > ${file}`;
  return `sed -n 's/.*"identity": "\\(AGE-PLUGIN[0-9A-Z-]*\\)".*/\\1/p' backup.json > ${file}`;
}

function ownerOf(recipient: string | null): string {
  const needs = 'age 1.3.0 or later';
  if (recipient === null)
    return `of the person it was made for\n(a post-quantum identity needs ${needs}).`;
  const long = recipient.length > 100;
  const shown = long ? `${recipient.slice(0, 40)}...` : recipient;
  const modern = /^age1(?:pq|tag)/.test(recipient) ? `\n(needs ${needs})` : '';
  return `of the recipient\n${shown}${modern}${long ? '\n(in full in backup.json).' : '.'}`;
}
