import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { bytesOf, command, runPlugin } from '../testing/plugin-client.ts';
import type { PluginHandlers } from './serve.ts';

const KEY = Buffer.alloc(16, 7);

const handlers: PluginHandlers = {
  recipient: async (line) => ({ wrapFileKey: async (body) => [{ args: [line], body }] }),
  identityAsRecipient: async () => await Promise.reject(new Error('no')),
  identity: async (line, conversation) => ({
    unwrapFileKey: async (stanzas) => {
      if (stanzas[0]?.args[0] !== line) return null;
      using secret = await conversation.requestSecret('PIN');
      await conversation.confirm('b', { yes: 'y', no: 'n' });
      return secret === null ? null : Secret.copy(KEY);
    },
  }),
};

test('a state machine that nobody knows is refused in silence', async () => {
  for (const machine of ['recipient-v2', 'identity-v1 ', '', '__proto__']) {
    const { outcome, said } = await runPlugin(machine, handlers, [command('done')]);
    expect({ outcome, said }).toEqual({ outcome: 'unknown', said: [] });
  }
});

const machine = fc.constantFrom('identity-v1', 'recipient-v1');
const word = fc.constantFrom('add-identity', 'add-recipient', 'recipient-stanza', 'x', '0', '1');
const stanza = fc
  .record({
    args: fc.array(fc.oneof(word, fc.stringMatching(/^[!-~]{1,9}$/)), {
      minLength: 1,
      maxLength: 4,
    }),
    body: fc.uint8Array({ maxLength: 200 }),
  })
  .filter(({ args }) => args[0] !== 'done');
const commands = fc.oneof(
  stanza,
  fc.constantFrom(
    command('add-identity x'),
    command('add-recipient x'),
    command('wrap-file-key', KEY),
    command('recipient-stanza 0 x y'),
    command('extension-labels'),
  ),
);

test('whatever a client says in its phase, it gets errors or results, and then done', async () => {
  await fc.assert(
    fc.asyncProperty(
      machine,
      fc.array(commands, { maxLength: 8 }),
      fc.integer({ min: 1, max: 99 }),
      async (name, sent, size) => {
        const all = [...sent, command('done')];
        const { outcome, said } = await runPlugin(name, handlers, all, {
          size,
          reply: () => command('ok yes', 'secret'),
        });
        expect(outcome).toBe('served');
        expect(said.at(-1)).toBe('done');
        expect(said.filter((line) => line === 'done')).toHaveLength(1);
        const wrapped = said.some((line) => line.startsWith('recipient-stanza'));
        expect(wrapped && said.some((line) => line.startsWith('error'))).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever bytes come instead of a conversation, it ends', async () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.array(commands, { maxLength: 3 }), fc.uint8Array({ maxLength: 40 }))
      .map(([stanzas, tail]) => Buffer.concat([bytesOf(stanzas), tail])),
  );
  await fc.assert(
    fc.asyncProperty(machine, garbage, async (name, bytes) => {
      const { outcome, said } = await runPlugin(name, handlers, Uint8Array.from(bytes));
      expect(outcome).toBe('broken');
      expect(said).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('whatever bytes come for an answer, it ends', async () => {
  const first = [command('add-identity x'), command('recipient-stanza 0 x'), command('done')];
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 99 }), async (answer) => {
      let asked = 0;
      const { outcome, said } = await runPlugin('identity-v1', handlers, first, {
        reply: () => (asked++ === 0 ? Uint8Array.from([...answer, 10, 33, 10]) : null),
      });
      expect(outcome).toBe('broken');
      expect(said).toEqual(['request-secret']);
    }),
  );
});

test('a line or a body without end is not stored for ever', async () => {
  const line = Buffer.alloc(70_000, 'x');
  const body = Buffer.from(`-> x\n${`${'A'.repeat(64)}\n`.repeat(30_000)}`);
  for (const bytes of [line, body]) {
    const { outcome } = await runPlugin('identity-v1', handlers, Uint8Array.from(bytes), {
      size: 16_384,
    });
    expect(outcome).toBe('broken');
  }
});

test('what was read and written is wiped', async () => {
  const chunk = bytesOf([
    command('add-recipient x'),
    command('wrap-file-key', KEY),
    command('done'),
  ]);
  const written: Uint8Array[] = [];
  const { servePlugin } = await import('./serve.ts');
  const reply = bytesOf([command('ok')]);
  await servePlugin('recipient-v1', handlers, {
    input: (async function* () {
      yield chunk;
      yield reply;
    })(),
    write: async (bytes) => {
      written.push(bytes);
      await Promise.resolve();
    },
  });
  expect(written).toHaveLength(2);
  for (const bytes of [chunk, ...written]) expect(bytes.every((byte) => byte === 0)).toBe(true);
});
