import { HoldfastError } from '@holdfast/age';
import { contract, type ContractSubject } from '@holdfast/token/testing';

/** Runs all checks, one line each, and resolves to the number of rules that were broken. */
export async function runContract(subject: ContractSubject): Promise<number> {
  let broken = 0;
  for (const check of contract(subject)) {
    const failure = await check.run().then(
      () => null,
      (error: unknown) => describe(error),
    );
    console.log(`  ${failure === null ? 'ok    ' : 'BROKEN'}  ${check.name}`);
    if (failure === null) continue;
    broken++;
    console.log(`          ${failure}`);
    if (!(await hasAllTries(subject))) {
      console.log('          A try of the PIN was lost: nothing more is done with this token.');
      break;
    }
  }
  return broken;
}

async function hasAllTries(subject: ContractSubject): Promise<boolean> {
  try {
    return (await subject.tries()) === 'full';
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  if (error instanceof HoldfastError) return `${String(error.code)}: ${error.message}`;
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
