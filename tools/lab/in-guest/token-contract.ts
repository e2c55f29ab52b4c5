// Tries the token contract on the smartcard in the reader: a line in JSON for each check.
import { json } from 'node:stream/consumers';

import { Secret } from '@holdfast/age';
import { contract, openSubject } from '@holdfast/token/testing';

import { openscModule } from './opensc.ts';

/** Its standard input. */
export interface ContractOrder {
  /** URI of the token. */
  readonly token: string;
  readonly pin: string;
}

/** A line of its standard output. */
export interface Checked {
  readonly name: string;
  /** `null`: the rule holds. */
  readonly failure: string | null;
}

const { token, pin } = (await json(process.stdin)) as ContractOrder;
await using subject = await openSubject({
  module: { path: openscModule() },
  token,
  openPin: () => Secret.fromText(pin),
  throwAway: true,
});
for (const check of contract(subject)) {
  const failure = await check.run().then(
    () => null,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const checked: Checked = { name: check.name, failure };
  console.log(JSON.stringify(checked));
}
