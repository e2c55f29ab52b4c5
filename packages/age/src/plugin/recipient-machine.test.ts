import { expect, test } from 'vitest';
import { ageError } from '../error.ts';
import type { Recipient, Stanza } from '../ports.ts';
import { command, runPlugin } from '../testing/plugin-client.ts';

const KEY = Buffer.alloc(16, 7);
const WRAP = command('wrap-file-key', KEY);

function recipientFor(line: string, labels?: readonly string[]): Recipient {
  return {
    wrapFileKey: async (fileKey) => [{ args: [line], body: Uint8Array.from(fileKey) }],
    ...(labels && { labels }),
  };
}

type Handler = (line: string) => Promise<Recipient>;
const recipient: Handler = async (line) => await Promise.resolve(recipientFor(line));
const identityAsRecipient: Handler = async (line) =>
  await Promise.resolve(recipientFor(`identity-${line}`));

async function run(
  commands: Stanza[],
  handlers: Partial<{ recipient: Handler; identityAsRecipient: Handler }> = {},
) {
  const all = [...commands, command('done')];
  return await runPlugin('recipient-v1', { recipient, identityAsRecipient, ...handlers }, all);
}

test('every file key is wrapped for every recipient and identity', async () => {
  const other = Buffer.alloc(16, 9);
  const { outcome, said, bodies } = await run([
    command('add-recipient r'),
    WRAP,
    command('grease-1 x', 'y'),
    command('add-identity i'),
    command('wrap-file-key', other),
  ]);
  expect(outcome).toBe('served');
  expect(said).toEqual([
    'recipient-stanza 0 r',
    'recipient-stanza 0 identity-i',
    'recipient-stanza 1 r',
    'recipient-stanza 1 identity-i',
    'done',
  ]);
  expect(bodies.slice(0, 4).map((body) => body[0])).toEqual([7, 7, 9, 9]);
});

test('labels are told to a client that knows them', async () => {
  const labelled: Handler = async (line) => await Promise.resolve(recipientFor(line, ['b', 'a']));
  const commands = [command('add-recipient r'), WRAP];
  const knows = await run([...commands, command('extension-labels')], { recipient: labelled });
  expect(knows.said).toEqual(['labels a b', 'recipient-stanza 0 r', 'done']);
  const without = await run(commands, { recipient: labelled });
  expect(without.said).toEqual(['recipient-stanza 0 r', 'done']);
  const none = await run([...commands, command('extension-labels')]);
  expect(none.said).toEqual(['labels', 'recipient-stanza 0 r', 'done']);
});

test('recipients whose labels differ are refused', async () => {
  const { said } = await run([command('add-recipient r'), command('add-identity i'), WRAP], {
    recipient: async (line) => await Promise.resolve(recipientFor(line, ['a'])),
  });
  expect(said).toEqual(['error internal', 'done']);
});

test('each line that is invalid is told by its index, and nothing is wrapped', async () => {
  const invalid: Handler = async (line) => {
    if (line === 'good') return await recipient(line);
    throw ageError('RECIPIENT_INVALID', 'this is no recipient');
  };
  const lines = ['add-recipient good', 'add-identity bad', 'add-recipient bad'];
  const { said } = await run([...lines.map((line) => command(line)), WRAP], {
    recipient: invalid,
    identityAsRecipient: invalid,
  });
  expect(said).toEqual(['error identity 0', 'error recipient 1', 'done']);
});

test('when wrapping fails for one, no stanza is sent at all', async () => {
  const failing: Handler = async () =>
    await Promise.resolve({
      wrapFileKey: async () => await Promise.reject(new Error('no token')),
    });
  const { said } = await run([command('add-recipient r'), command('add-identity i'), WRAP], {
    identityAsRecipient: failing,
  });
  expect(said).toEqual(['error identity 0', 'done']);
});

test('a recipient makes exactly one stanza', async () => {
  const stanza = { args: ['x'], body: KEY };
  for (const stanzas of [[], [stanza, stanza]]) {
    const { said } = await run([command('add-recipient r'), WRAP], {
      recipient: async () => await Promise.resolve({ wrapFileKey: async () => stanzas }),
    });
    expect(said).toEqual(['error recipient 0', 'done']);
  }
});

test('arguments that would forge a line are never sent', async () => {
  const { said, outcome } = await run([command('add-recipient r'), WRAP], {
    recipient: async () => await Promise.resolve(recipientFor('x\n-> done')),
  });
  expect({ said, outcome }).toEqual({ said: ['error recipient 0', 'done'], outcome: 'served' });
});

test.each([
  command('add-recipient'),
  command('add-recipient a b'),
  command('add-identity a', 'body'),
  command('wrap-file-key', KEY.subarray(1)),
  command('wrap-file-key x', KEY),
])('a malformed command is an error of the whole: $args', async (malformed) => {
  const { said } = await run([malformed, command('add-recipient r'), WRAP]);
  expect(said).toEqual(['error internal', 'done']);
});
