import { expect, test } from 'vitest';
import { assessEnvelopes, type EnvelopesReport } from './assess-envelopes.ts';

const CUSTODIANS: Readonly<Record<string, string>> = { ann: 'password', ben: 'password' };

async function assess(...envelopes: readonly string[]): Promise<EnvelopesReport> {
  const custodians = {
    find: async (name: string) => {
      const factors = CUSTODIANS[name];
      return await Promise.resolve(factors === undefined ? null : { name, factors });
    },
  };
  const tokens = { hsm: 'pkcs11:token=lab;serial=42' };
  return await assessEnvelopes({ envelopes, tokens }, { custodians });
}

test('one envelope that takes a token and a password survives the loss of neither', async () => {
  const { faults, losses } = await assess('password + token(hsm)');
  expect(faults).toEqual([]);
  expect(losses?.single.map(({ loss, restorable }) => [loss.kind, restorable])).toEqual([
    ['token', 'no'],
    ['password', 'no'],
  ]);
});

test('of two envelopes either may be lost, and both are a pair', async () => {
  const { losses } = await assess('password', 'token(hsm)');
  expect(losses?.single.every(({ restorable }) => restorable === 'yes')).toBe(true);
  expect(losses?.pairs).toHaveLength(1);
});

test('expressions that cannot be read are told by their place, and nothing is said of the rest', async () => {
  const { faults, losses } = await assess('password', 'passwort', 'quorum(3, ann, ben)');
  expect(faults.map(({ index }) => index)).toEqual([1, 2]);
  expect(faults.every(({ words, remedy }) => words !== '' && remedy !== '')).toBe(true);
  expect(losses).toBeNull();
});

test('custodians whom nobody knows are named', async () => {
  const { unknownCustodians } = await assess('quorum(2, ann, ben, eve)', 'password');
  expect(unknownCustodians).toEqual(['eve']);
});
