import type { Manifest } from './manifest.ts';
import { wayIn, type EnvelopeToOpen } from './readme-way.ts';

/** What README.txt tells about; its envelopes need not be written yet. */
export interface ReadmeSubject extends Pick<
  Manifest,
  'id' | 'created' | 'secret' | 'hint' | 'kind' | 'waivers'
> {
  readonly envelopes: readonly EnvelopeToOpen[];
  readonly signed: boolean;
}

/** README.txt: how to restore this very backup without Holdfast. Plain ASCII, whatever its name holds. */
export function renderReadme(subject: ReadmeSubject): Uint8Array<ArrayBuffer> {
  const sections = [
    introduction(subject),
    restoring(subject),
    checking(),
    ...(subject.signed ? [signature()] : []),
  ];
  return new TextEncoder().encode(sections.join('\n'));
}

function introduction({ id, created, secret }: ReadmeSubject): string {
  const name = secret !== null && isPlain(secret) ? `secret:  ${secret}\n` : '';
  return `HOW TO RESTORE THIS BACKUP WITHOUT HOLDFAST

${name}backup:  ${id}
made:    ${created}

secret.age holds the secret, encrypted. Any ONE envelope below opens it.
You need age (https://age-encryption.org), version 1.0.0 or later, and a shell
in the folder into which you unpacked this file with tar.
`;
}

function restoring(subject: ReadmeSubject): string {
  const { envelopes, hint, kind } = subject;
  const name = outputName(subject.secret);
  const ways = envelopes.map((envelope) => wayIn(envelope, envelopes, { kind, name }));
  const first = kind === 'tar' ? '    umask 077\n    mkdir restored' : '    umask 077';
  const clue =
    hint !== null &&
    envelopes.some(({ factors }) => factors.some(({ kind: k }) => k === 'password'))
      ? '\nThere is a hint for the password: read "hint" in backup.json.\n'
      : '';
  return `RESTORE

First, so that nobody else can read what you restore:

${first}

${ways.join('\n')}${clue}${aboutTokens(subject)}
If age prints an error, delete what it wrote: it is not the secret.
${kind === 'tar' ? 'The secret is several files; they are in the folder "restored" then.\n' : ''}`;
}

function aboutTokens({ envelopes, waivers }: ReadmeSubject): string {
  const factors = envelopes.flatMap((envelope) => envelope.factors);
  const tokens = factors.filter((factor) => factor.kind === 'token');
  if (tokens.length === 0) return '';
  const line = tokens.some(({ identity }) => identity === null)
    ? `
This backup does not name its tokens. Where Holdfast and the token are, the command
holdfast token identity makes the identity file; NAME is the URI of the key.
`
    : '';
  const single = waivers.includes('single-point-of-failure')
    ? `
THERE IS NO WAY AROUND THE TOKEN: every envelope needs the same one. Whoever made
this backup accepted that nobody can restore it when that token is lost or broken.
`
    : '';
  return `
The key is on the token: only with that token inserted (or another that holds the
very same key) does such an envelope open. age-plugin-holdfast comes with Holdfast and must be on the PATH. It looks
for the token's PKCS#11 module in its usual place; a module elsewhere is named in
the configuration of Holdfast, under [[modules]]. Wrong PINs lock a token.
${line}${single}`;
}

function checking(): string {
  return `CHECK THE PARTS (not needed for a restore)

These must print the sha256 numbers that stand in backup.json:

    sha256sum README.txt envelopes/*
    split -b 67108864 --filter=sha256sum secret.age
`;
}

function signature(): string {
  return `CHECK WHO MADE IT (not needed for a restore)

backup.json.sig signs backup.json. Print the fingerprint of its signer with

    ssh-keygen -Y check-novalidate -n holdfast-backup -s backup.json.sig < backup.json

or, with instance-key.pub from the state folder of the machine that made it
(never from where this file came from), let it be compared for you:

    echo "holdfast $(cat instance-key.pub)" > allowed_signers
    ssh-keygen -Y verify -f allowed_signers -I holdfast -n holdfast-backup -s backup.json.sig < backup.json
`;
}

const TAKEN =
  /^(?:readme\.txt|secret\.age|backup\.json|backup\.json\.sig|envelopes|allowed_signers|.*identity\.txt|token-\d+\.txt)$/i;

/**
 * What the restored file is called, ready for a shell. A name is anybody's text: it is used only when
 * it is a plain file name here that overwrites no part of the backup, and quoted even then.
 */
function outputName(secret: string | null): string {
  if (secret === null || !isPlain(secret) || /[/\\]|^[.~-]/.test(secret) || TAKEN.test(secret)) {
    return 'restored-secret';
  }
  if (/^[A-Za-z0-9._-]+$/.test(secret)) return secret;
  return `'${secret.replaceAll("'", String.raw`'\''`)}'`;
}

function isPlain(name: string): boolean {
  return /^[ -~]{1,200}$/.test(name);
}
