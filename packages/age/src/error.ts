/**
 * The one error class of the house. It lives on the ground floor so that every package can throw it;
 * each package keeps its own closed table of codes and remedies.
 */
export class HoldfastError<Code extends string = string> extends Error {
  override readonly name = 'HoldfastError';
  /** What kind of failure this is; programs decide by it, never by the message. */
  readonly code: Code;
  /** What the reader can do next. */
  readonly remedy: string;

  constructor(code: Code, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

const REMEDIES = {
  NOT_AGE: 'Check that this is the age file you meant; it does not begin like one.',
  AGE_HEADER_INVALID: 'The file is damaged or was not made by an age program; use another copy.',
  AGE_HEADER_MAC_MISMATCH: 'The header was altered after it was written; use another copy.',
  AGE_PAYLOAD_DAMAGED: 'The encrypted content is damaged or cut short; use another copy.',
  ARMOR_INVALID: 'The armored text is damaged; copy it again, from its BEGIN to its END line.',
  NO_IDENTITY_MATCHED: 'Use the identity or password that this file was encrypted to.',
  WORK_FACTOR_TOO_HIGH:
    'The file asks for more work than is allowed; do not trust where it came from.',
  RECIPIENT_INVALID: 'Check the recipient: it was mistyped or is of a kind that is not supported.',
  IDENTITY_INVALID: 'Check the identity file: a line was mistyped or is of an unsupported kind.',
  RECIPIENTS_INCOMPATIBLE: 'Encrypt to these recipients in separate files.',
  INPUT_CHANGED: 'It became shorter while it was read; try again when nothing writes to it.',
  CANCELLED: 'Nothing was completed; run the command again when you are ready.',
} as const;

/** The codes that this package throws. */
export type AgeErrorCode = keyof typeof REMEDIES;

/** Makes a typed error of this package, with the remedy that belongs to its code. */
export function ageError(
  code: AgeErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<AgeErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
