import type { TokenRow } from '../ports.ts';
import { defineTable } from './table.ts';

/** Tokens that were met here, enrolled or not. */
export const tokens = defineTable<TokenRow>({
  name: 'tokens',
  key: ['token'],
  keyOf: ({ token }) => (token === undefined ? null : [token]),
  fold(before, { event, time }) {
    const { action, outcome, token = '' } = event;
    const isOk = outcome === 'ok';
    const row = before ?? (isOk ? firstMet(token) : null);
    if (row === null) return null;
    const used: TokenRow = {
      ...row,
      lastUsed: isOk ? time : row.lastUsed,
      lastOutcome: outcome,
    };
    if (!isOk) return used;
    switch (action) {
      case 'token.enroll': {
        const { alias, fingerprint } = event.detail;
        return { ...used, alias, fingerprint, enrolledAt: time };
      }
      case 'token.generate-key':
      case 'token.test': {
        const { alias, fingerprint } = event.detail;
        return { ...used, alias: alias ?? row.alias, fingerprint: fingerprint ?? row.fingerprint };
      }
      case 'token.forget':
        // An enrolment is forgotten without the token.
        return { ...row, alias: null, enrolledAt: null };
      default:
        return used;
    }
  },
});

function firstMet(token: string): TokenRow {
  return {
    token,
    ...{ alias: null, fingerprint: null, enrolledAt: null, lastUsed: null, lastOutcome: null },
  };
}
