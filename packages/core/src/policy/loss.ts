/** One single thing that can be lost: what a person would miss, not how it is stored. */
export type Loss =
  /** `serial` is `null` where nobody says which token it is; then `label` is an alias, or `null` as well. */
  | {
      readonly kind: 'token';
      readonly label: string | null;
      readonly serial: string | null;
      /** Who holds it, where nothing else tells it. */
      readonly holder: string;
    }
  | { readonly kind: 'password'; readonly envelope: number }
  /** The identity of a recipient; `null` where a discreet backup does not tell. */
  | { readonly kind: 'recipient'; readonly recipient: string | null; readonly holder: string }
  /** A person, with all that their share takes. `envelope`: the name counts only there. */
  | { readonly kind: 'custodian'; readonly name: string; readonly envelope: number | null }
  | { readonly kind: 'medium'; readonly id: string; readonly name: string }
  /** Where media lie together, as the register says. */
  | { readonly kind: 'location'; readonly location: string }
  | { readonly kind: 'folder'; readonly host: string; readonly path: string }
  | { readonly kind: 'machine'; readonly host: string };

/** A loss in words that fit after "without". */
export function lossInWords(loss: Loss): string {
  switch (loss.kind) {
    case 'token':
      if (loss.label === null) return `the token of ${loss.holder}`;
      if (loss.serial === null) return `the token ${loss.label}`;
      return `the token "${loss.label}"${loss.serial === '' ? '' : ` (serial ${loss.serial})`}`;
    case 'password':
      return `the password of envelope ${String(loss.envelope)}`;
    case 'recipient':
      if (loss.recipient === null) return `the identity of ${loss.holder}`;
      return `the identity of ${shortened(loss.recipient)}`;
    case 'custodian':
      if (loss.envelope === null) return `the custodian ${loss.name}`;
      return `the custodian ${loss.name} of envelope ${String(loss.envelope)}`;
    case 'medium':
      return `the medium ${loss.name}`;
    case 'location':
      return `all that lies at "${loss.location}"`;
    case 'folder':
      return `the folder ${loss.path} on ${loss.host}`;
    case 'machine':
      return `the machine ${loss.host}`;
  }
}

/** Enough of a recipient to tell it from others. */
function shortened(recipient: string): string {
  return recipient.length <= 24 ? recipient : `${recipient.slice(0, 12)}…${recipient.slice(-8)}`;
}
