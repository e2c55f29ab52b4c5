import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyDetails } from '../testing/key-details.ts';
import { sizeLimit } from './layout.ts';
import type { PlainFactor } from './manifest.ts';
import { renderReadme, type ReadmeSubject } from './readme.ts';

const password: PlainFactor = { kind: 'password' };
const token: PlainFactor = {
  kind: 'token',
  token: keyDetails(),
  identity: 'AGE-PLUGIN-HOLDFAST-1QQQQ',
};
const recipient: PlainFactor = { kind: 'recipient', recipient: `age1${'q'.repeat(58)}` };

type Quorum = Extract<ReadmeSubject['envelopes'][number]['factors'][number], { kind: 'quorum' }>;

const quorumOf = (threshold: number, custodians: Quorum['custodians']): Quorum => ({
  ...{ kind: 'quorum', threshold, custodians },
});

const render = (change: Partial<ReadmeSubject>): string =>
  Buffer.from(
    renderReadme({
      id: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55',
      created: '2026-11-22T20:24:07Z',
      secret: 'gitlab-secrets.json',
      hint: null,
      kind: 'file',
      waivers: [],
      envelopes: [],
      signed: true,
      ...change,
    }),
  ).toString();

const commandsIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());

const three = quorumOf(2, [
  { name: 'alice', factors: [password] },
  { name: 'bob', factors: [token, recipient, password] },
  { name: 'carol', factors: [recipient] },
]);

test('each custodian has a way of their own, and any of them put their shares together', () => {
  const text = render({ envelopes: [{ index: 2, factors: [three] }] });
  expect(commandsIn(text).slice(1, 9)).toEqual([
    'age -d envelopes/2/alice.age > 2-alice.share',
    'echo AGE-PLUGIN-HOLDFAST-1QQQQ > token-2-bob.txt',
    'age -d -i token-2-bob.txt envelopes/2/bob.age | age -d -i bob-identity.txt | age -d > 2-bob.share',
    'age -d -i carol-identity.txt envelopes/2/carol.age > 2-carol.share',
    'python3 combine.py 2-*.share > identity.txt',
    'age -d -i identity.txt secret.age > gitlab-secrets.json',
    'rm identity.txt 2-*.share',
    'find README.txt combine.py envelopes -type f -exec sha256sum {} +',
  ]);
  expect(text).toContain('any 2 of 3 custodians');
  expect(text).toContain('age-plugin-holdfast');
});

test('a secret of several files goes into its folder', () => {
  const text = render({ kind: 'tar', envelopes: [{ index: 1, factors: [three] }] });
  expect(commandsIn(text)).toContain('age -d -i identity.txt secret.age | tar -C restored -xpf -');
});

test('the hint is told when a custodian has a password', () => {
  const envelopes = [{ index: 1, factors: [three] }];
  expect(render({ hint: 'the usual', envelopes })).toContain('"hint" in backup.json');
});

test('a backup without a quorum does not speak of one', () => {
  const text = render({ envelopes: [{ index: 1, factors: [password] }] });
  expect(text).not.toMatch(/custodian|combine|share/);
});

test.each(['2-alice.share', 'combine.py', 'token-2-bob.txt', 'carol-identity.txt'])(
  'the name %j would overwrite what is needed, and becomes no file name',
  (secret) => {
    expect(render({ secret, envelopes: [{ index: 2, factors: [three] }] })).toContain(
      '> restored-secret\n',
    );
  },
);

const crowd = (count: number, ...factors: readonly (readonly PlainFactor[])[]): Quorum =>
  quorumOf(
    Math.max(2, count >> 1),
    Array.from({ length: count }, (_, at) => ({
      name: `c${String(at).padStart(62, '0')}`,
      factors: factors[at % factors.length] ?? [password],
    })),
  );

test('too many custodians are told in one what to do, and README.txt keeps its bound', () => {
  const long: PlainFactor = { ...token, identity: `AGE-PLUGIN-HOLDFAST-1${'Q'.repeat(3000)}` };
  const all = crowd(255, [password], [long], [recipient], [long, recipient, password]);
  const text = render({ envelopes: [{ index: 3, factors: [all] }] });
  expect(text.length).toBeLessThan(sizeLimit('README.txt') ?? 0);
  expect(commandsIn(text)).toEqual(
    expect.arrayContaining([
      'python3 combine.py 3-*.share > identity.txt',
      'age -d envelopes/N/NAME.age > N-NAME.share',
      'age -d -i NAME-identity.txt envelopes/N/NAME.age > N-NAME.share',
      'age -d -i token-N-NAME.txt envelopes/N/NAME.age > N-NAME.share',
      'age -d -i token-N-NAME.txt envelopes/N/NAME.age | age -d -i NAME-identity.txt | age -d > N-NAME.share',
    ]),
  );
});

test('as many quorums as a backup can hold keep the bound of README.txt', () => {
  const envelopes = Array.from({ length: 64 }, (_, at) => ({
    index: at + 1,
    factors: [crowd(16, [password], [token], [recipient, password])],
  }));
  const text = render({ envelopes });
  expect(text.length).toBeLessThan(sizeLimit('README.txt') ?? 0);
  for (const { index } of envelopes) {
    expect(text).toContain(`python3 combine.py ${String(index)}-*.share > identity.txt`);
  }
});

test('whatever the tokens are called, README.txt stays plain ASCII in short lines', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 32 }),
      fc.integer({ min: 2, max: 255 }),
      (label, count) => {
        const odd = { ...token, token: keyDetails({ token: { label, serial: '' } }) };
        const text = render({
          envelopes: [{ index: 1, factors: [crowd(count, [odd], [password])] }],
        });
        expect(text).toMatch(/^[\n -~]*$/);
        expect(commandsIn(text).filter((each) => each.startsWith('python3'))).toHaveLength(1);
      },
    ),
    { numRuns: 50 },
  );
  const lines = render({ envelopes: [{ index: 64, factors: [three] }] }).split('\n');
  for (const line of lines.filter((each) => !each.startsWith('    '))) {
    expect(line.length).toBeLessThan(81);
  }
});
