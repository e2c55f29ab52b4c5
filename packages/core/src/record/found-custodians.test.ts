import type { BackupFacts, FactorFacts } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import type { FoundCopy } from './found-copies.ts';
import { custodiansIn } from './found-custodians.ts';

function copy(
  created: string,
  custodians: Record<string, readonly FactorFacts[]>,
  trusted = true,
): FoundCopy {
  const list = Object.entries(custodians).map(([name, factors]) => ({ name, factors }));
  const facts: BackupFacts = {
    ...{ generation: 1, manifest: 'a', previous: null, created, host: null, kind: 'file', size: 1 },
    ...{
      payloadDigest: 'a',
      signer: 'SHA256:a',
      trusted,
      discreet: false,
      waivers: [],
      mark: null,
    },
    envelopes: [{ index: 1, factors: [{ kind: 'quorum', threshold: 2, custodians: list }] }],
  };
  const backup = { id: created, secret: 'sso', facts };
  return { file: 'a.tar', backup, unfinished: false, outcome: 'ok', words: null };
}

function found(...copies: readonly FoundCopy[]): Record<string, string> {
  const factors: Record<string, string> = {};
  for (const event of custodiansIn(copies)) {
    if (event.action === 'custodian.add') factors[event.custodian ?? ''] = event.detail.factors;
  }
  return factors;
}

const password = { kind: 'password' } as const;
const recipient = { kind: 'recipient', recipient: 'age1x' } as const;
const token: FactorFacts = {
  ...{ kind: 'token', label: 'a;b c', serial: '1', fingerprint: 'f', extractable: null },
};

test('custodians are who quorums name, with what their shares open with', () => {
  const one = copy('2026-01-01T00:00:00Z', { alice: [password], bob: [recipient, password] });
  const two = copy('2026-01-02T00:00:00Z', { carol: [token] });
  expect(found(one, two)).toEqual({
    alice: 'password',
    bob: 'recipient(age1x) + password',
    carol: 'token(pkcs11:token=a%3Bb%20c;serial=1)',
  });
});

test('the newest backup says what somebody opens with, in whatever order they are found', () => {
  const older = copy('2026-01-01T00:00:00Z', { alice: [password] });
  const newer = copy('2026-01-02T00:00:00Z', { alice: [recipient] });
  for (const both of [
    [older, newer],
    [newer, older],
  ])
    expect(found(...both)).toEqual({ alice: 'recipient(age1x)' });
});

test('a backup that no trusted signer signed names nobody', () => {
  const foreign = copy('2026-01-02T00:00:00Z', { alice: [recipient], mallory: [recipient] }, false);
  const own = copy('2026-01-01T00:00:00Z', { alice: [password] });
  expect(found(own, foreign)).toEqual({ alice: 'password' });
});

test('what a discreet backup does not tell is not made up', () => {
  expect(
    found(
      copy('2026-01-01T00:00:00Z', {
        ...{ '': [password], alice: [], bob: [{ kind: 'recipient', recipient: null }] },
        carol: [{ ...token, label: null }],
      }),
    ),
  ).toEqual({});
});
