import { decrypt, HoldfastError, Secret, type Identity } from '@holdfast/age';

const OUTERMOST_FIRST = ['token', 'recipient', 'password'];

/**
 * Factors that are all needed are nested age files. A password is always innermost, so that nobody can
 * try passwords without holding the outer factors first.
 */
export function outermostFirst<Factor extends { readonly kind: string }>(
  factors: readonly Factor[],
): Factor[] {
  return factors.toSorted(
    (one, other) => OUTERMOST_FIRST.indexOf(one.kind) - OUTERMOST_FIRST.indexOf(other.kind),
  );
}

/**
 * Takes one layer off. Resolves to `null` when none of the identities is the right one.
 * The result is the caller's to dispose.
 */
export async function openLayer(
  file: Uint8Array,
  identities: readonly Identity[],
  options: { signal?: AbortSignal },
): Promise<Secret | null> {
  try {
    return Secret.take(await decrypt(file, identities, options));
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'NO_IDENTITY_MATCHED') return null;
    throw error;
  }
}
