/** One envelope, as somebody puts it together. */
export type Composed =
  | {
      readonly kind: 'factors';
      readonly password: boolean;
      /** Alias; `null`: none. */
      readonly token: string | null;
      /** A native age recipient; empty: none. */
      readonly recipient: string;
    }
  | {
      readonly kind: 'quorum';
      readonly threshold: number;
      readonly custodians: readonly string[];
    };

export const PASSWORD_ONLY: Composed = {
  kind: 'factors',
  password: true,
  token: null,
  recipient: '',
};

/** The expression that says the same; empty when nothing was chosen yet. */
export function expressionOf(composed: Composed): string {
  if (composed.kind === 'quorum') {
    const { threshold, custodians } = composed;
    return custodians.length === 0
      ? ''
      : `quorum(${[String(threshold), ...custodians].join(', ')})`;
  }
  const { password, token, recipient } = composed;
  return [
    ...(password ? ['password'] : []),
    ...(token === null ? [] : [`token(${token})`]),
    ...(recipient === '' ? [] : [`recipient(${recipient})`]),
  ].join(' + ');
}

/** Reads an expression of the configuration or of a backup; `null`: this page cannot say it in words. */
export function composedOf(expression: string): Composed | null {
  const quorum = /^\s*quorum\(\s*(\d+)\s*,([^()]*)\)\s*$/.exec(expression);
  if (quorum !== null) {
    const custodians = (quorum[2] ?? '').split(',').map((it) => it.trim());
    return { kind: 'quorum', threshold: Number(quorum[1]), custodians };
  }
  let composed: Extract<Composed, { kind: 'factors' }> = {
    ...PASSWORD_ONLY,
    password: false,
  } as never;
  for (const factor of factorsIn(expression)) {
    const [, kind, inner] = /^(token|recipient)\((.*)\)$/.exec(factor) ?? [];
    if (factor === 'password') composed = { ...composed, password: true };
    else if (kind === 'token') composed = { ...composed, token: inner?.trim() ?? '' };
    else if (kind === 'recipient') composed = { ...composed, recipient: inner?.trim() ?? '' };
    else return null;
  }
  return composed;
}

/** What stands between the plus signs outside of parentheses. */
function factorsIn(expression: string): readonly string[] {
  const factors: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < expression.length; at += 1) {
    const sign = expression[at];
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === '+' && depth === 0) {
      factors.push(expression.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...factors, expression.slice(from).trim()];
}

/** What somebody has to have at hand to seal for, or to open with, any of these. */
export interface Asks {
  readonly password: boolean;
  readonly tokens: readonly string[];
  readonly custodians: readonly string[];
}

export function asksOf(expressions: readonly string[]): Asks {
  const all = expressions.map(composedOf).filter((it) => it !== null);
  const factors = all.filter((it) => it.kind === 'factors');
  const quorums = all.filter((it) => it.kind === 'quorum');
  return {
    password: factors.some(({ password }) => password),
    tokens: [...new Set(factors.flatMap(({ token }) => (token === null ? [] : [token])))],
    custodians: [...new Set(quorums.flatMap(({ custodians }) => custodians))],
  };
}
