import type { Enrolment } from '@holdfast/token';
import { expect, test } from 'vitest';
import { keyDetails } from '../testing/key-details.ts';
import { expressedEnvelopes, type NameBook } from './expressed.ts';

const CUSTODIANS: Readonly<Record<string, string>> = {
  ann: 'password + token(hsm)',
  ben: 'password',
};

function book(more: Partial<NameBook> = {}): NameBook {
  const custodians = {
    find: async (name: string) => {
      const factors = CUSTODIANS[name];
      return await Promise.resolve(factors === undefined ? null : { name, factors });
    },
  };
  return { aliases: {}, enrolments: [], custodians, ...more };
}

function enrolled(alias: string, uri: string, serial: string, extractable: boolean): Enrolment {
  return {
    ...{ alias, uri, publicKey: null, enrolled: '', tested: '', stanza: 'p256tag', tried: [] },
    ...{ alwaysAuthenticate: false, warnings: [] },
    details: keyDetails({ token: { label: 'lab', serial } }),
    claims: {
      ...{ extractable, sensitive: true, local: true },
      ...{ neverExtractable: !extractable, alwaysSensitive: true },
    },
  };
}

async function factorsOf(expression: string, more: Partial<NameBook> = {}): Promise<unknown> {
  const { envelopes } = await expressedEnvelopes([expression], book(more));
  return envelopes[0]?.factors;
}

test('envelopes are numbered as a backup would number them', async () => {
  const { envelopes } = await expressedEnvelopes(['password', 'password'], book());
  expect(envelopes.map(({ index }) => index)).toEqual([1, 2]);
});

test('an enrolled key tells its token, by its alias or by the URI that the configuration has', async () => {
  const uri = 'pkcs11:token=lab;object=kek';
  const enrolments = [enrolled('hsm', uri, '42', false)];
  const known = [{ kind: 'token', label: 'lab', serial: '42', extractable: false }];
  expect(await factorsOf('token(hsm)', { enrolments })).toMatchObject(known);
  expect(await factorsOf(`token(${uri})`, { enrolments })).toMatchObject(known);
  const aliases = { other: uri };
  expect(await factorsOf('token(other)', { enrolments, aliases })).toMatchObject(known);
});

test('a URI tells its token by the serial number, and nothing less does', async () => {
  const aliases = {
    full: 'pkcs11:token=my%20hsm;serial=5C%2F3;object=kek',
    vague: 'pkcs11:token=lab;object=kek',
    bad: 'pkcs11:serial=%ZZ',
    query: 'pkcs11:object=kek?x=;serial=7',
  };
  expect(await factorsOf('token(full)', { aliases })).toMatchObject([
    { label: 'my hsm', serial: '5C/3' },
  ]);
  for (const name of ['vague', 'bad', 'query', 'gone']) {
    expect(await factorsOf(`token(${name})`, { aliases })).toMatchObject([
      { label: name, serial: null },
    ]);
  }
});

test('a quorum is told with what its custodians hold, and whom nobody knows', async () => {
  const { envelopes, unknown } = await expressedEnvelopes(['quorum(2, ann, ben, zoe)'], book());
  expect(unknown).toEqual(['zoe']);
  expect(envelopes[0]?.factors).toMatchObject([
    {
      kind: 'quorum',
      threshold: 2,
      custodians: [
        { name: 'ann', factors: [{ kind: 'password' }, { kind: 'token', label: 'hsm' }] },
        { name: 'ben', factors: [{ kind: 'password' }] },
        { name: 'zoe', factors: [] },
      ],
    },
  ]);
  expect(
    (await expressedEnvelopes(['quorum(2, ann, ben)'], book({ custodians: undefined }))).unknown,
  ).toEqual(['ann', 'ben']);
});

test('what cannot be read as an envelope is an error', async () => {
  await expect(factorsOf('passwort')).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
  await expect(factorsOf('quorum(1, ann)')).rejects.toMatchObject({ code: 'QUORUM_INVALID' });
});
