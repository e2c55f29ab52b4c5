import type { Words } from '../words/en/index.ts';
import { composedOf, type Composed } from './composed.ts';

/** “Opens with the password and the token *backup-hsm*, or with any 2 of Alice, Bob, Carol.” */
export function sentenceOf(expressions: readonly string[], words: Words, locale: string): string {
  const { envelopes } = words;
  const told = expressions
    .filter((it) => it !== '')
    .map((expression) => {
      const composed = composedOf(expression);
      return composed === null ? expression : envelopeInWords(composed, words, locale);
    });
  if (told.length === 0) return envelopes.nothing;
  return envelopes.opensWith(told.map(envelopes.with).join(envelopes.or));
}

function envelopeInWords(composed: Composed, { envelopes }: Words, locale: string): string {
  if (composed.kind === 'quorum') {
    const { threshold, custodians } = composed;
    return envelopes.anyOf(threshold, custodians.join(', '));
  }
  const { password, token, recipient } = composed;
  const parts = [
    ...(password ? [envelopes.thePassword] : []),
    ...(token === null ? [] : [envelopes.theToken(token)]),
    ...(recipient === '' ? [] : [envelopes.theIdentity(shortened(recipient))]),
  ];
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts);
}

function shortened(recipient: string): string {
  return recipient.length <= 24 ? recipient : `${recipient.slice(0, 10)}…${recipient.slice(-6)}`;
}
