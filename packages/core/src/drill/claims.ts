import type { Receipt } from './receipt.ts';

/** What is known when a drill ends, before it is put in words. */
export interface DrillFindings extends Pick<
  Receipt,
  'copy' | 'envelopes' | 'fromMedium' | 'sameAsLive' | 'check'
> {
  /** Who is trusted here under the key that signed the backup; `null`: nobody. */
  readonly principal: string | null;
  /** Every byte of the payload is the one that was signed, and it decrypts to what the envelopes say. */
  readonly decrypted: boolean;
}

/** What was shown and what was not, so that nobody has to guess what a drill left out. */
export function claimsOf(findings: DrillFindings): Pick<Receipt, 'shown' | 'notShown'> {
  const shown: string[] = [];
  const notShown: string[] = [];
  const tell = (isShown: boolean, yes: string, no: string): void => {
    if (isShown) shown.push(yes);
    else notShown.push(no);
  };
  const { copy, envelopes, fromMedium, decrypted } = findings;
  tell(
    copy.backup !== null,
    'the file is a whole backup, and every part of it is what its manifest says',
    'the file could not be read as a backup',
  );
  if (copy.backup !== null) tell(...signatureClaim(copy.backup, findings.principal));
  tell(
    fromMedium,
    'it was read from the medium itself',
    'that it was read from the medium, and not from the memory of the system',
  );
  for (const { index, factors, opened, why } of envelopes) {
    const which = `envelope ${String(index)} (${factors})`;
    tell(opened, `${which} opens`, `that ${which} opens: ${why ?? 'it was not tried'}`);
  }
  tell(
    decrypted,
    'every byte of the secret decrypts, and it is what the envelopes say',
    'that the secret decrypts',
  );
  tell(...liveClaim(findings));
  tell(...checkClaim(findings));
  return { shown, notShown };
}

type Claim = [isShown: boolean, yes: string, no: string];

function signatureClaim(
  { signer, trusted }: NonNullable<Receipt['copy']['backup']>,
  principal: string | null,
): Claim {
  const no =
    signer === null
      ? 'whose backup it is: nobody signed it'
      : `whose backup it is: nobody here trusts its signer, ${signer}`;
  return [trusted, `it was signed by ${signer ?? ''}, trusted as ${principal ?? ''}`, no];
}

function liveClaim({ sameAsLive }: DrillFindings): Claim {
  const no =
    sameAsLive === null
      ? 'whether the live secret is the same: it was not compared'
      : 'that the live secret is the same: it is another one';
  return [sameAsLive === true, 'the live secret is the same', no];
}

function checkClaim({ check }: DrillFindings): Claim {
  const yes = 'the check command was content';
  if (check === null) return [false, yes, 'that the secret works: no check command had it'];
  const { exit, timedOut, handedOver } = check;
  const how = timedOut
    ? 'the check command took too long'
    : exit === null
      ? 'a signal ended the check command'
      : `the check command ended with status ${String(exit)}`;
  const part = handedOver ? '' : ', although it did not take all of the secret';
  return [isContent(check), `${yes}${part}`, `that the secret works: ${how}`];
}

/** Whether a check command was content. */
export function isContent({ exit, timedOut }: NonNullable<Receipt['check']>): boolean {
  return exit === 0 && !timedOut;
}
