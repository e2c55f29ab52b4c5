import type { AuditEntry } from '@holdfast/catalog';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLine, writeLine } from './exported-line.ts';

const ENTRY: AuditEntry = {
  sequence: 1,
  previous: '0'.repeat(64),
  hash: 'a'.repeat(64),
  id: '41c94343-e51c-45eb-8bca-b3ffdfb5969c',
  time: '2026-11-25T22:33:25.123Z',
  actor: { who: 'root', from: 'cli on vm', instance: 'SHA256:a' },
  event: { action: 'secret.generate', outcome: 'ok', secret: 'sso', detail: { version: 1 } },
};

test('a line reads back as it was written, on one line whatever is in it', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, number) => {
      const entry = { ...ENTRY, sequence: number + 1, actor: { ...ENTRY.actor, who: text } };
      const written = writeLine({ kind: 'entry', entry });
      expect(written).toMatch(/^[ -~]+$/);
      expect(parseLine(written)).toEqual({ kind: 'entry', entry });
    }),
  );
  const head = { sequence: 7, hash: 'b'.repeat(64), time: ENTRY.time, signature: '-----\nx\n' };
  expect(parseLine(writeLine({ kind: 'head', head }))).toEqual({ kind: 'head', head });
});

test.each([
  ...['', '{}', '[]', 'null', '1', '"a"', '{"sequence":1}', '{"head":{}}', '{"head":null}', '{'],
  JSON.stringify({ ...ENTRY, sequence: 0 }),
  JSON.stringify({ ...ENTRY, sequence: 1.5 }),
  JSON.stringify({ ...ENTRY, sequence: '1' }),
  JSON.stringify({ ...ENTRY, actor: 'root' }),
  JSON.stringify({ ...ENTRY, event: [] }),
  JSON.stringify({ ...ENTRY, more: 1 }),
  JSON.stringify({ head: { sequence: 1, hash: '', time: '', signature: '' }, more: 1 }),
])('what is no entry and no head is not taken for one: %s', (text) => {
  expect(parseLine(text)).toBeNull();
});

test('whatever text comes, it is an entry, a head or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(['entry', 'head', undefined]).toContain(parseLine(text)?.kind);
    }),
  );
});
