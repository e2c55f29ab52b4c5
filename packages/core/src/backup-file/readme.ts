import { envelopePath } from './layout.ts';
import type { Manifest, ManifestEnvelope } from './manifest.ts';

/** What README.txt tells about; its envelopes need not be written yet. */
export interface ReadmeSubject extends Pick<
  Manifest,
  'id' | 'created' | 'secret' | 'hint' | 'kind'
> {
  readonly envelopes: readonly Pick<ManifestEnvelope, 'index' | 'factors'>[];
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
  const ways = envelopes.map((envelope) => way(envelope, kind, outputName(subject.secret)));
  const first = kind === 'tar' ? '    umask 077\n    mkdir restored' : '    umask 077';
  const clue =
    hint !== null &&
    envelopes.some(({ factors }) => factors.some(({ kind: k }) => k === 'password'))
      ? '\nThere is a hint for the password: read "hint" in backup.json.\n'
      : '';
  return `RESTORE

First, so that nobody else can read what you restore:

${first}

${ways.join('\n')}${clue}
If age prints an error, delete what it wrote: it is not the secret.
${kind === 'tar' ? 'The secret is several files; they are in the folder "restored" then.\n' : ''}`;
}

function way(
  envelope: ReadmeSubject['envelopes'][number],
  kind: Manifest['kind'],
  name: string,
): string {
  const path = envelopePath(envelope.index);
  const output = kind === 'tar' ? '| tar -C restored -xpf -' : `> ${name}`;
  const label = `Envelope ${String(envelope.index)}`;
  const recipient = envelope.factors.find((factor) => factor.kind === 'recipient');
  const password = envelope.factors.some((factor) => factor.kind === 'password');
  if (recipient === undefined) {
    return `${label}: with the password; age asks for it.

    age -d -i ${path} secret.age ${output}
`;
  }
  // A password, if it takes one too, is innermost: the second age asks for it.
  const also = password ? '\nAND the password; age asks for it.' : '';
  return `${label}: with the identity file ${ownerOf(recipient.recipient)}${also}

    age -d -i your-identity.txt ${path} | age -d -i - secret.age ${output}
`;
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
  /^(?:readme\.txt|secret\.age|backup\.json|backup\.json\.sig|envelopes|allowed_signers|.*identity\.txt)$/i;

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
