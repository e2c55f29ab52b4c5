import { hasQuorum, type ManifestFactor } from '../backup-file/manifest.ts';
import { outputName } from '../backup-file/readme.ts';
import { commands, words, type SheetBlock } from './document.ts';
import type { SheetFacts } from './facts.ts';

/** How to restore with Holdfast itself. */
export function withHoldfast(facts: SheetFacts, backup: string): SheetBlock[] {
  const to = facts.kind === 'tar' ? 'restored' : outputName(facts.secret);
  // With a path, no name can mean anything else: `store:x` would be the secret store.
  const restore = `holdfast restore ${backup} --to ./${to}`;
  const identity = facts.envelopes.some(({ factors }) => factors.some(mayNeedIdentity));
  const without = facts.envelopes.some(({ factors }) => !factors.some(isRecipient));
  const quorum = facts.envelopes.some(hasQuorum);
  return [
    words(
      'Copy the backup to where you work, under the name in the command; or leave it on its stick, and write usb instead of that name. Check it first; this takes no password:',
    ),
    commands(`holdfast verify ${backup}`),
    words(
      facts.signature.status === 'unsigned'
        ? 'Then restore. Holdfast asks for what it needs; nothing is written before everything was checked.'
        : 'If it names another signer than "What it is" does, stop: somebody has put another backup in its place. Else restore. Holdfast asks for what it needs; nothing is written before everything was checked.',
    ),
    ...(without ? [commands(restore)] : []),
    ...(quorum
      ? [
          words(
            'Custodians come to this terminal one after another, in any order. Whoever cannot come makes a file of the share with holdfast custodian contribute; it is given with --share.',
          ),
        ]
      : []),
    ...(identity
      ? [
          words(`${without ? 'Or, with' : 'With'} the age identity that an envelope names:`),
          commands(`${restore} -i your-identity.txt`),
        ]
      : []),
  ];
}

function isRecipient({ kind }: ManifestFactor): boolean {
  return kind === 'recipient';
}

function mayNeedIdentity(factor: ManifestFactor): boolean {
  if (factor.kind !== 'quorum') return isRecipient(factor);
  return factor.custodians.some(({ factors }) => factors.some(isRecipient));
}
