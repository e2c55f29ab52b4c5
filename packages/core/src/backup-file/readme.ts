import { COMBINER_PATH } from './layout.ts';
import { hasQuorum, type Manifest } from './manifest.ts';
import { quorumWays } from './readme-quorum.ts';
import { allFactors, wayIn, type EnvelopeToOpen } from './readme-way.ts';

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
    checking(subject),
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

/** The part that restores; README.txt has it, and the emergency sheet. */
export function restoring(subject: ReadmeSubject): string {
  const { envelopes, hint, kind } = subject;
  const name = outputName(subject.secret);
  const payload = { kind, name };
  const quorums = quorumWays(envelopes, payload);
  const ways = envelopes.map(({ index, factors }) => {
    const plain = factors.filter((factor) => factor.kind !== 'quorum');
    return quorums.ways.get(index) ?? wayIn({ index, factors: plain }, envelopes, payload);
  });
  const first = kind === 'tar' ? '    umask 077\n    mkdir restored' : '    umask 077';
  const clue =
    hint !== null && allFactors(envelopes).some((factor) => factor.kind === 'password')
      ? '\nThere is a hint for the password: read "hint" in backup.json.\n'
      : '';
  return `RESTORE

First, so that nobody else can read what you restore:

${first}

${ways.join('\n')}${quorums.shares}${clue}${aboutTokens(subject)}
If age prints an error, delete what it wrote: it is not the secret.
${kind === 'tar' ? 'The secret is several files; they are in the folder "restored" then.\n' : ''}`;
}

function aboutTokens({ envelopes, waivers }: ReadmeSubject): string {
  const tokens = allFactors(envelopes).filter((factor) => factor.kind === 'token');
  if (tokens.length === 0) return '';
  const line = tokens.some(({ identity }) => identity === null)
    ? `
This backup does not name its tokens. Where Holdfast and the token are, the command
holdfast token identity makes the identity file; NAME is the URI of the key.
`
    : '';
  const single = waivers.includes('single-point-of-failure')
    ? `
THERE IS NO WAY AROUND: every envelope needs the same token, or the same custodian.
Whoever made this backup accepted that nobody can restore it when that is lost.
`
    : '';
  return `
The key is on the token: only with that token inserted (or another that holds
the very same key) does such an envelope open. age-plugin-holdfast comes with
Holdfast and must be on the PATH. It looks for the token's PKCS#11 module in its
usual place; a module elsewhere is named in the configuration of Holdfast, under
[[modules]]. Wrong PINs lock a token.
${line}${single}`;
}

function checking({ envelopes }: ReadmeSubject): string {
  const parts = envelopes.some(hasQuorum)
    ? `find README.txt ${COMBINER_PATH} envelopes -type f -exec sha256sum {} +`
    : 'sha256sum README.txt envelopes/*';
  return `CHECK THE PARTS (not needed for a restore)

These must print the sha256 numbers that stand in backup.json:

    ${parts}
    split -b 67108864 --filter=sha256sum secret.age
`;
}

/** Says that the signature is good, and whose it is. */
export const PRINT_SIGNER =
  'ssh-keygen -Y check-novalidate -n holdfast-backup -s backup.json.sig < backup.json';

function signature(): string {
  return `CHECK WHO MADE IT (not needed for a restore)

backup.json.sig signs backup.json. Print the fingerprint of its signer with

    ${PRINT_SIGNER}

or, with instance-key.pub from the state folder of the machine that made it
(never from where this file came from), let it be compared for you:

    echo "holdfast $(cat instance-key.pub)" > allowed_signers
    ssh-keygen -Y verify -f allowed_signers -I holdfast -n holdfast-backup -s backup.json.sig < backup.json
`;
}

const TAKEN =
  /^(?:readme\.txt|secret\.age|backup\.json|backup\.json\.sig|envelopes|combine\.py|allowed_signers|.*identity\.txt|token-.*\.txt|.*\.share)$/i;

/**
 * What the restored file is called, ready for a shell. A name is anybody's text: it is used only when
 * it is a plain file name here that overwrites no part of the backup, and quoted even then.
 */
export function outputName(secret: string | null): string {
  if (secret === null || !isPlain(secret) || /[/\\]|^[.~-]/.test(secret) || TAKEN.test(secret)) {
    return 'restored-secret';
  }
  if (/^[A-Za-z0-9._-]+$/.test(secret)) return secret;
  return `'${secret.replaceAll("'", String.raw`'\''`)}'`;
}

function isPlain(name: string): boolean {
  return /^[ -~]{1,200}$/.test(name);
}
