import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { CatalogEvent } from '../events.ts';
import { SAMPLE } from '../testing/sample-events.ts';
import { canonicalJson, storable } from './canonical.ts';
import { entryHash, entryOf, NO_ENTRY, rowOfEntry, strictEntryOfRow } from './entry.ts';
import { headText } from './head-text.ts';

const any = fc.jsonValue({ stringUnit: 'binary' });
const text = fc.string({ unit: 'binary' });

test('canonical JSON is the same whatever the order in which an object was made', () => {
  const one = { b: [{ y: 1, x: 2 }], a: 'é', c: undefined };
  const other = { a: 'é', b: [{ x: 2, y: 1 }] };
  expect(canonicalJson(one)).toBe('{"a":"é","b":[{"x":2,"y":1}]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('canonical JSON that was read again is the same text', () => {
  fc.assert(
    fc.property(any, (value) => {
      const first = canonicalJson(storable(value));
      expect(canonicalJson(JSON.parse(first))).toBe(first);
    }),
  );
});

test('what is storable has UTF-8, and no NUL', () => {
  fc.assert(
    fc.property(
      fc.oneof(any, text, fc.string({ unit: fc.nat(0xffff).map((it) => String.fromCharCode(it)) })),
      (value) => {
        const stored = JSON.stringify(storable(value));
        expect(stored.isWellFormed()).toBe(true);
        expect(JSON.parse(Buffer.from(stored, 'utf8').toString('utf8'))).toEqual(storable(value));
        expect(stored).not.toContain('\\u0000');
      },
    ),
  );
});

test('the hash of an entry is that of the text that the documentation tells', () => {
  const event: CatalogEvent = {
    action: 'restore',
    outcome: 'ok',
    secret: 'sso',
    detail: { where: '/etc/sso', envelope: 1 },
  };
  const recorded = { id: 'i', time: '2026-03-01T08:00:00.000Z', actor: SAMPLE.actor, event };
  const entry = entryOf(recorded, { sequence: 1, previous: NO_ENTRY });
  const bytes =
    '{"actor":{"from":"cli on vault1","instance":"SHA256:sample","who":"root (sudo by alice)"},' +
    '"event":{"action":"restore","detail":{"envelope":1,"where":"/etc/sso"},"outcome":"ok","secret":"sso"},' +
    `"id":"i","previous":"${NO_ENTRY}","sequence":1,"time":"2026-03-01T08:00:00.000Z"}`;
  expect(entry.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('an entry comes out of its row as it went in', () => {
  const subject = fc.option(text, { nil: undefined });
  const events = fc.record({
    ...{ action: text, outcome: text, detail: any },
    ...{ secret: subject, backup: subject, copy: subject, medium: subject },
    ...{ token: subject, custodian: subject, job: subject },
  });
  fc.assert(
    fc.property(events, text, fc.nat(), (event, id, sequence) => {
      const recorded = storable({ id, time: 'now', actor: SAMPLE.actor, event }) as Parameters<
        typeof entryOf
      >[0];
      const entry = entryOf(recorded, { sequence, previous: NO_ENTRY });
      expect(strictEntryOfRow(rowOfEntry(entry))).toEqual(entry);
      expect(entryHash(entry)).toBe(entry.hash);
    }),
  );
});

test('a head is signed as four lines', () => {
  const head = { sequence: 12, hash: 'ab'.repeat(32), time: '2026-03-01T08:00:00.000Z' };
  expect(Buffer.from(headText(head)).toString()).toBe(
    `holdfast-audit-head/1\n12\n${head.hash}\n2026-03-01T08:00:00.000Z\n`,
  );
});
