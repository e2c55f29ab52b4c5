import { envelopePath } from './layout.ts';
import type { Manifest, ManifestEnvelope, ManifestFactor, ManifestToken } from './manifest.ts';

/** README.txt has a limit; identity lines of large keys stand in backup.json only when they are too many. */
const LINES_LIMIT = 24 * 1024;

export type EnvelopeToOpen = Pick<ManifestEnvelope, 'index' | 'factors'>;

/** How to open one envelope and what it opens with the plain commands, for README.txt. */
export function wayIn(
  envelope: EnvelopeToOpen,
  all: readonly EnvelopeToOpen[],
  { kind, name }: { readonly kind: Manifest['kind']; readonly name: string },
): string {
  const { index, factors } = envelope;
  const path = envelopePath(index);
  const output = kind === 'tar' ? '| tar -C restored -xpf -' : `> ${name}`;
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

function need(factor: ManifestFactor): string {
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

function identityFile({ kind }: ManifestFactor, index: number): string {
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
