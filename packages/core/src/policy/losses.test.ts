import type { EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependenceOf, type Backup, type CopyAt } from './dependence.ts';
import { lossInWords } from './loss.ts';
import { endsWith, lossesOf, singlePoints, type Losses } from './losses.ts';

const PASSWORD: FactorFacts = { kind: 'password' };
const UNNAMED: FactorFacts = tokenFacts(null, null);

function tokenFacts(label: string | null, serial: string | null): FactorFacts {
  return { kind: 'token', label, serial, fingerprint: null, extractable: null };
}

function token(serial: string): FactorFacts {
  return tokenFacts(`label ${serial}`, serial);
}

function recipient(name: string): FactorFacts {
  return { kind: 'recipient', recipient: name };
}

function quorum(threshold: number, custodians: Record<string, FactorFacts[]>): FactorFacts {
  const each = Object.entries(custodians).map(([name, factors]) => ({ name, factors }));
  return { kind: 'quorum', threshold, custodians: each };
}

function stick(id: string, location: string | null = null): CopyAt {
  return { kind: 'medium', id, name: id, location };
}

function folder(path: string, host = 'host'): CopyAt {
  return { kind: 'folder', host, path };
}

interface Given {
  readonly envelopes: readonly (readonly FactorFacts[])[];
  readonly copies?: readonly CopyAt[] | null;
  readonly discreet?: boolean;
}

function backup({ envelopes, copies = null, discreet = false }: Given): Backup {
  const numbered: EnvelopeFacts[] = envelopes.map((factors, at) => ({ index: at + 1, factors }));
  return { envelopes: numbered, copies, discreet };
}

/** What kills it, may kill it, and what does not, each by its words. */
function verdicts(given: Given): Record<string, string> {
  const { single } = lossesOf(backup(given));
  return Object.fromEntries(single.map(({ words, restorable }) => [words, restorable]));
}

function pairsOf(given: Given): Losses['pairs'] {
  return lossesOf(backup(given)).pairs;
}

test('a single password is a single loss that ends it', () => {
  expect(verdicts({ envelopes: [[PASSWORD]] })).toEqual({ 'the password of envelope 1': 'no' });
});

test('with one more envelope of its own, each loss is survived, and both together are not', () => {
  const given = { envelopes: [[PASSWORD], [token('a')]] };
  expect(verdicts(given)).toEqual({
    'the token "label a" (serial a)': 'yes',
    'the password of envelope 1': 'yes',
  });
  expect(pairsOf(given)).toEqual([
    ['the password of envelope 1', 'the token "label a" (serial a)'],
  ]);
});

test('a token that every envelope takes ends it, whatever else they take', () => {
  const given = { envelopes: [[token('a')], [token('a'), PASSWORD]] };
  expect(verdicts(given)).toEqual({
    'the token "label a" (serial a)': 'no',
    'the password of envelope 2': 'yes',
  });
});

test('a token is told by its serial number, and by its label only without one', () => {
  expect(verdicts({ envelopes: [[tokenFacts('one', '7')], [tokenFacts('two', '7')]] })).toEqual({
    'the token "one" (serial 7)': 'no',
  });
  expect(verdicts({ envelopes: [[tokenFacts('x', '')], [tokenFacts('y', '')]] })).toEqual({
    'the token "x"': 'yes',
    'the token "y"': 'yes',
  });
});

test('a quorum spares as many custodians as are more than it takes', () => {
  const three = { anna: [PASSWORD], ben: [PASSWORD], cleo: [PASSWORD] };
  expect(verdicts({ envelopes: [[quorum(2, three)]] })).toEqual({
    'the custodian anna': 'yes',
    'the custodian ben': 'yes',
    'the custodian cleo': 'yes',
  });
  expect(pairsOf({ envelopes: [[quorum(2, three)]] })).toHaveLength(3);
  expect(Object.values(verdicts({ envelopes: [[quorum(3, three)]] }))).toEqual(['no', 'no', 'no']);
  expect(pairsOf({ envelopes: [[quorum(3, three)]] })).toEqual([]);
});

test('a token that several custodians share takes all their shares', () => {
  const given = {
    envelopes: [[quorum(2, { anna: [token('a')], ben: [token('a'), PASSWORD], cleo: [PASSWORD] })]],
  };
  expect(verdicts(given)).toMatchObject({
    'the token "label a" (serial a)': 'no',
    'the custodian cleo': 'yes',
  });
});

test('with a person goes what they hold, in other envelopes too', () => {
  const given = {
    envelopes: [[quorum(2, { anna: [recipient('age1a')], ben: [PASSWORD] })], [recipient('age1a')]],
  };
  expect(verdicts(given)).toMatchObject({
    'the custodian anna': 'no',
    'the identity of age1a': 'no',
    'the custodian ben': 'yes',
  });
});

test('a person is one person in every envelope', () => {
  const given = {
    envelopes: [
      [quorum(2, { anna: [PASSWORD], ben: [PASSWORD] })],
      [quorum(2, { anna: [PASSWORD], cleo: [PASSWORD] })],
    ],
  };
  expect(verdicts(given)).toEqual({
    'the custodian anna': 'no',
    'the custodian ben': 'yes',
    'the custodian cleo': 'yes',
  });
});

test('a quorum of more than there are opens nothing, whatever is lost', () => {
  const dead = lossesOf(backup({ envelopes: [[quorum(3, { anna: [PASSWORD] })]] }));
  expect(dead.restorable).toBe(false);
  expect(singlePoints(dead)).toHaveLength(1);
});

test('a backup without a copy, or without an envelope, cannot be restored', () => {
  expect(lossesOf(backup({ envelopes: [[PASSWORD]], copies: [] })).restorable).toBe(false);
  expect(lossesOf(backup({ envelopes: [] })).restorable).toBe(false);
});

test('media, folders and machines take the copies that lie there', () => {
  const envelopes = [[PASSWORD], [recipient('age1x')]];
  const none = { 'the password of envelope 1': 'yes', 'the identity of age1x': 'yes' };
  expect(verdicts({ envelopes, copies: [stick('BLACK')] })).toEqual({
    ...none,
    'the medium BLACK': 'no',
  });
  expect(verdicts({ envelopes, copies: [stick('BLACK'), folder('/a')] })).toEqual({
    ...none,
    'the medium BLACK': 'yes',
    'the folder /a on host': 'yes',
    'the machine host': 'yes',
  });
  expect(verdicts({ envelopes, copies: [folder('/a'), folder('/b')] })).toEqual({
    ...none,
    'the folder /a on host': 'yes',
    'the folder /b on host': 'yes',
    'the machine host': 'no',
  });
});

test('what lies at one place is lost together', () => {
  const copies = [stick('BLACK', 'box 2'), stick('WHITE', 'box 2')];
  expect(verdicts({ envelopes: [[PASSWORD], [token('a')]], copies })).toMatchObject({
    'the medium BLACK': 'yes',
    'the medium WHITE': 'yes',
    'all that lies at "box 2"': 'no',
  });
});

test('a pair is of things that go together: two media, or two ways to open it, and not one of each', () => {
  const copies = [stick('BLACK'), stick('WHITE')];
  expect(pairsOf({ envelopes: [[PASSWORD], [token('a')]], copies })).toEqual([
    ['the password of envelope 1', 'the token "label a" (serial a)'],
    ['the medium BLACK', 'the medium WHITE'],
  ]);
});

test('a pair is none where one of the two is enough', () => {
  expect(pairsOf({ envelopes: [[token('a'), PASSWORD]] })).toEqual([]);
});

test('tokens that a discreet backup does not name may all be one', () => {
  const given = { envelopes: [[UNNAMED], [UNNAMED]], discreet: true };
  expect(verdicts(given)).toEqual({
    'the token of envelope 1': 'perhaps',
    'the token of envelope 2': 'perhaps',
  });
  expect(verdicts({ envelopes: [[UNNAMED]], discreet: true })).toEqual({
    'the token of envelope 1': 'no',
  });
  expect(verdicts({ envelopes: [[UNNAMED], [token('a')]] })).toEqual({
    'the token of envelope 1': 'perhaps',
    'the token "label a" (serial a)': 'perhaps',
  });
  // Whichever it is, it is not both of the others.
  expect(verdicts({ envelopes: [[UNNAMED], [token('a')], [token('b')]] })).toEqual({
    'the token of envelope 1': 'yes',
    'the token "label a" (serial a)': 'yes',
    'the token "label b" (serial b)': 'yes',
  });
});

test('an alias that nobody can look up is itself, and may be any token', () => {
  expect(verdicts({ envelopes: [[tokenFacts('hsm', null)], [tokenFacts('hsm', null)]] })).toEqual({
    'the token hsm': 'no',
  });
  expect(verdicts({ envelopes: [[tokenFacts('hsm', null)], [tokenFacts('b', null)]] })).toEqual({
    'the token hsm': 'perhaps',
    'the token b': 'perhaps',
  });
});

test('custodians of a discreet backup may be the same in each of its envelopes', () => {
  const two = { '1': [PASSWORD], '2': [PASSWORD] };
  const given = { envelopes: [[quorum(2, two)], [quorum(2, two)]] };
  expect(Object.values(verdicts({ ...given, discreet: true }))).toEqual(
    new Array(4).fill('perhaps'),
  );
  expect(verdicts({ ...given, discreet: false })).toEqual({
    'the custodian 1': 'no',
    'the custodian 2': 'no',
  });
  const three = { ...two, '3': [PASSWORD] };
  expect(
    Object.values(verdicts({ envelopes: [[quorum(2, three)], [quorum(2, two)]], discreet: true })),
  ).toEqual(new Array(5).fill('yes'));
});

test('identities that are not told may all be one', () => {
  const hidden: FactorFacts = { kind: 'recipient', recipient: null };
  expect(verdicts({ envelopes: [[hidden], [hidden]], discreet: true })).toEqual({
    'the identity of envelope 1': 'perhaps',
    'the identity of envelope 2': 'perhaps',
  });
  const shares = { '1': [hidden], '2': [hidden], '3': [hidden] };
  expect(verdicts({ envelopes: [[quorum(2, shares)]], discreet: true })).toMatchObject({
    'the identity of the custodian 1 of envelope 1': 'perhaps',
  });
});

test(
  'a thousand custodians in twenty envelopes are looked through at once',
  { timeout: 30_000 },
  () => {
    const names = Array.from({ length: 1000 }, (_, at) => `c${String(at)}`);
    const shares = Object.fromEntries(names.map((name) => [name, [token(name), PASSWORD]]));
    for (const threshold of [2, 500, 999, 1000]) {
      const envelopes = new Array(20).fill([quorum(threshold, shares)]);
      const started = performance.now();
      const { single, pairs, morePairs } = lossesOf(backup({ envelopes }));
      expect(performance.now() - started).toBeLessThan(5000);
      expect(single).toHaveLength(2000);
      expect(single.every(({ restorable }) => restorable === 'yes')).toBe(threshold < 1000);
      expect([pairs.length, morePairs]).toEqual(threshold === 999 ? [20, true] : [0, false]);
    }
  },
);

const NAMES = ['a', 'b', 'c', 'd'];

const plainFactor: fc.Arbitrary<FactorFacts> = fc.oneof(
  fc.constant(PASSWORD),
  fc.constantFrom(...NAMES.slice(0, 3)).map(token),
  fc.constantFrom(...NAMES.slice(0, 3)).map(recipient),
);

const quorumFactor: fc.Arbitrary<FactorFacts> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      threshold: fc.integer({ min: 1, max: names.length }),
      factors: fc.array(fc.array(plainFactor, { minLength: 1, maxLength: 2 }), {
        minLength: names.length,
        maxLength: names.length,
      }),
    }),
  )
  .map(({ names, threshold, factors }) =>
    quorum(threshold, Object.fromEntries(names.map((name, at) => [name, factors[at] ?? []]))),
  );

const anyBackup: fc.Arbitrary<Backup> = fc
  .record({
    envelopes: fc.array(
      fc.oneof(
        fc.array(plainFactor, { minLength: 1, maxLength: 2 }),
        quorumFactor.map((factor) => [factor]),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    copies: fc.option(
      fc.array(
        fc.oneof(
          fc
            .tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom(null, 'box', 'safe'))
            .map(([id, location]) => stick(id, location)),
          fc
            .tuple(fc.constantFrom('/f', '/g'), fc.constantFrom('h', 'i'))
            .map(([path, host]) => folder(path, host)),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    ),
  })
  .map(backup);

/** The same, thought out anew and slowly: is there an envelope that opens, and a copy of it? */
function restorableWithout({ envelopes, copies }: Backup, lost: ReadonlySet<string>): boolean {
  const has = (factor: FactorFacts, index: number): boolean => {
    switch (factor.kind) {
      case 'password':
        return !lost.has(`the password of envelope ${String(index)}`);
      case 'recipient':
        return !lost.has(`the identity of ${factor.recipient ?? ''}`);
      case 'token':
        return !lost.has(`the token "${factor.label ?? ''}" (serial ${factor.serial ?? ''})`);
      case 'quorum': {
        const able = factor.custodians.filter(
          ({ name, factors }) =>
            !lost.has(`the custodian ${name}`) &&
            factors.every((own) => own.kind === 'password' || has(own, 0)),
        );
        return able.length >= factor.threshold;
      }
    }
  };
  const gone = (copy: CopyAt): boolean =>
    copy.kind === 'medium'
      ? lost.has(`the medium ${copy.name}`)
      : lost.has(`the folder ${copy.path} on ${copy.host}`);
  const opens = envelopes.some(({ index, factors }) => factors.every((it) => has(it, index)));
  return opens && (copies === null || copies.some((copy) => !gone(copy)));
}

/** What goes with a loss, in words: the person's things with the person, media with their place. */
function allThatGoes(given: Backup): ReadonlyMap<string, ReadonlySet<string>> {
  const { candidates } = dependenceOf(given);
  const words = new Map(
    candidates.map(({ loss, keys }) => [[...keys][0] ?? '', lossInWords(loss)]),
  );
  return new Map(
    candidates.map(({ loss, keys }) => [
      lossInWords(loss),
      new Set([...keys].flatMap((key) => words.get(key) ?? [])),
    ]),
  );
}

test('every verdict, and every pair, is what trying it out says', () => {
  fc.assert(
    fc.property(anyBackup, (given) => {
      const { restorable, single, pairs, morePairs } = lossesOf(given);
      expect(restorable).toBe(restorableWithout(given, new Set()));
      const goes = allThatGoes(given);
      const without = (...lost: string[]) =>
        restorableWithout(given, new Set(lost.flatMap((it) => [...(goes.get(it) ?? [])])));
      for (const verdict of single) {
        expect(verdict.restorable, verdict.words).toBe(without(verdict.words) ? 'yes' : 'no');
      }
      // A place that holds one thing makes no pairs of its own.
      const survived = single
        .filter(({ loss, words, restorable: after }) => {
          const isPlace = loss.kind === 'location' || loss.kind === 'machine';
          return after === 'yes' && !(isPlace && goes.get(words)?.size === 2);
        })
        .map(({ words }) => words);
      const expected = survived.flatMap((first, at) =>
        survived
          .slice(at + 1)
          .flatMap((second) => (without(first, second) ? [] : [[first, second]])),
      );
      const sorted = (all: readonly (readonly string[])[]) =>
        all.map((pair) => pair.toSorted().join('|')).toSorted();
      if (morePairs) expect(expected.length).toBeGreaterThan(pairs.length);
      else expect(sorted(pairs)).toEqual(sorted(expected));
    }),
    { numRuns: 500 },
  );
});

test('losing more never helps', () => {
  fc.assert(
    fc.property(anyBackup, fc.infiniteStream(fc.boolean()), (given, coin) => {
      const dependence = dependenceOf(given);
      const keys = dependence.candidates.flatMap(({ keys: all }) => [...all]);
      const some = keys.filter(() => coin.next().value);
      const more = [...some, ...keys.filter(() => coin.next().value)];
      if (endsWith(dependence, some)) expect(endsWith(dependence, more)).toBe(true);
    }),
  );
});
