import { readFileSync } from 'node:fs';
import { Secret } from '@holdfast/age';
import { afterAll, describe, it } from 'vitest';

import { contract, openSubject, type ContractSubject } from './testing/index.ts';

const module = process.env['HOLDFAST_TEST_MODULE'];
const pinFile = process.env['HOLDFAST_TEST_PIN_FILE'];
const token = process.env['HOLDFAST_TEST_TOKEN_URI'] ?? 'pkcs11:';

/** A token of whoever runs this: it is given its right PIN only, and only while no try was lost. */
async function openNamed(path: string, pins: string): Promise<ContractSubject> {
  const openPin = (): Secret => Secret.fromText(readFileSync(pins, 'utf8').replace(/\r?\n$/, ''));
  return await openSubject({ module: { path }, token, openPin, throwAway: false });
}

const subject =
  module === undefined || pinFile === undefined ? null : await openNamed(module, pinFile);

afterAll(async () => {
  await subject?.[Symbol.asyncDispose]();
});

describe('the module named by HOLDFAST_TEST_MODULE keeps the contract:', () => {
  if (subject === null) it.skip('none is named');
  else for (const { name, run } of contract(subject)) it(name, { timeout: 300_000 }, run);
});
