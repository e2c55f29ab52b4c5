import { Secret } from '@holdfast/age';

/** A point on the polynomials: its place, and one byte for each byte that was split. */
export interface Point {
  readonly index: number;
  readonly value: Secret;
}

/** The shares of one split; disposing wipes them. */
export interface Points extends Disposable {
  readonly all: readonly Point[];
}

/**
 * Splits each byte by Shamir's scheme over GF(2^8): any `threshold` of `shares` points give it back, and fewer are
 * as likely for every other byte. `secret` stays the caller's.
 */
export async function openSplit(
  secret: Secret,
  { shares, threshold }: { readonly shares: number; readonly threshold: number },
): Promise<Points> {
  const { split } = await import('shamir-secret-sharing');
  using held = new DisposableStack();
  const all = (await split(secret.bytes, shares, threshold)).map((bytes) => {
    using whole = Secret.copy(bytes);
    bytes.fill(0);
    // The library puts the place behind the values.
    const end = whole.bytes.length - 1;
    return {
      index: whole.bytes[end] ?? 0,
      value: held.use(Secret.copy(whole.bytes.subarray(0, end))),
    };
  });
  const values = held.move();
  return {
    all,
    [Symbol.dispose]: () => {
      values.dispose();
    },
  };
}

/**
 * Puts together what was split. With fewer points than it takes, or with points of another split, something else
 * comes out: whoever calls this has judged them. The result is the caller's to dispose.
 */
export async function openCombined(points: readonly Point[]): Promise<Secret> {
  const { combine } = await import('shamir-secret-sharing');
  using held = new DisposableStack();
  const whole = points.map(({ index, value }) => {
    const secret = held.use(Secret.take(new Uint8Array(value.bytes.length + 1)));
    secret.bytes.set(value.bytes);
    secret.bytes[value.bytes.length] = index;
    return secret.bytes;
  });
  const combined = await combine(whole);
  const secret = Secret.copy(combined);
  combined.fill(0);
  return secret;
}
