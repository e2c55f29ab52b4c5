import assert from 'node:assert/strict';
import { HoldfastError } from '@holdfast/age';

/** That it fails with an error of ours, with one of these codes, and resolves to its code. */
export async function rejectsWith(
  codes: readonly string[],
  promise: Promise<unknown>,
): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const code = String(error.code);
    assert.ok(codes.includes(code), `${code}: ${error.message}`);
    return code;
  }
  return assert.fail('it did not fail');
}
