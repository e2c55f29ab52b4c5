import { describe, expect, test } from 'vitest';
import { ageError } from '../error.ts';
import type { Identity, Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { bytesOf, command, OK, runPlugin, type Reply } from '../testing/plugin-client.ts';
import type { PluginConversation } from './conversation.ts';

const KEY = Buffer.alloc(16, 7);
const DONE = command('done');

/** Opens stanzas of the type that its line names. */
function identityFor(type: string, unwrap?: (stanza: Stanza) => Promise<Secret | null>): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const mine = stanzas.find(({ args }) => args[0] === type);
      if (mine === undefined) return null;
      return unwrap === undefined ? Secret.copy(KEY) : await unwrap(mine);
    },
  };
}

async function identity(line: string): Promise<Identity> {
  return await Promise.resolve(identityFor(line));
}

const failing = (error: () => unknown) => async () =>
  await Promise.resolve(
    identityFor('x', async () => {
      await Promise.resolve();
      throw error();
    }),
  );

async function run(commands: Stanza[], handler: typeof identity = identity, reply?: Reply) {
  return await runPlugin(
    'identity-v1',
    { identity: handler },
    [...commands, DONE],
    reply ? { reply } : {},
  );
}

test('a file key is given for each file that an identity opens', async () => {
  const { outcome, said, bodies } = await run([
    command('add-identity x'),
    command('recipient-stanza 0 y argument', 'body'),
    command('recipient-stanza 0 x argument', 'body'),
    command('add-identity z'),
    command('recipient-stanza 1 y argument', 'body'),
    command('recipient-stanza 4 z', Buffer.alloc(48)),
  ]);
  expect(outcome).toBe('served');
  expect(said).toEqual(['file-key 0', 'file-key 4', 'done']);
  expect(Buffer.from(bodies[0] ?? []).equals(KEY)).toBe(true);
});

test('a file for somebody else is passed over in silence', async () => {
  const { said } = await run([command('add-identity x'), command('recipient-stanza 0 y')]);
  expect(said).toEqual(['done']);
});

test('grease, and commands of a later version, are ignored', async () => {
  const { said } = await run([
    command('grease-7f 1 2', Buffer.alloc(100)),
    command('add-identity x'),
    command('add-everything'),
    command('recipient-stanza 0 x'),
    command('ok'),
  ]);
  expect(said).toEqual(['file-key 0', 'done']);
});

test('the stanzas reach the identity as they were', async () => {
  const seen: Stanza[] = [];
  const body = Buffer.from('a body of more than forty-eight bytes, which needs a second line');
  await run(
    [command('add-identity x'), command('recipient-stanza 0 x one two', body)],
    async () =>
      await Promise.resolve(
        identityFor('x', async (stanza) => {
          seen.push(stanza);
          return await Promise.resolve(null);
        }),
      ),
  );
  expect(seen[0]?.args).toEqual(['x', 'one', 'two']);
  expect(Buffer.from(seen[0]?.body ?? []).equals(body)).toBe(true);
});

describe('errors', () => {
  test('an invalid identity is told by its index, and then none is used', async () => {
    const { said } = await run(
      [
        command('add-identity x'),
        command('add-identity bad'),
        command('recipient-stanza 0 x'),
        command('add-identity worse'),
      ],
      async (line) => {
        if (line !== 'x') throw ageError('IDENTITY_INVALID', 'this is no identity');
        return await identity(line);
      },
    );
    expect(said).toEqual(['error identity 1', 'error identity 2', 'done']);
  });

  test('a malformed stanza is told by its file and index', async () => {
    const body = Buffer.alloc(3);
    const { said, bodies } = await run(
      [
        command('add-identity x'),
        command('recipient-stanza 3 y'),
        command('recipient-stanza 3 x', body),
        command('recipient-stanza 5 y'),
      ],
      async () =>
        await Promise.resolve(
          identityFor('x', async (cause) => {
            await Promise.resolve();
            throw ageError('AGE_HEADER_INVALID', 'it is\nmalformed', { cause });
          }),
        ),
    );
    expect(said).toEqual(['error stanza 3 1', 'done']);
    expect(Buffer.from(bodies[0] ?? []).toString()).toMatch(/^it is malformed\. \S[^\n]*$/);
  });

  test('what fails with an identity is told unless another one opens the file', async () => {
    const both = [command('add-identity bad'), command('add-identity x')];
    const handler = async (line: string): Promise<Identity> =>
      line === 'bad' ? await failing(() => ageError('CANCELLED', 'no'))() : await identity(line);
    const opened = await run([...both, command('recipient-stanza 0 x')], handler);
    expect(opened.said).toEqual(['file-key 0', 'done']);
    const alone = await run(
      [command('add-identity bad'), command('recipient-stanza 0 x')],
      handler,
    );
    expect(alone.said).toEqual(['error identity 0', 'done']);
  });

  test('an identity that failed is not asked again: it might cost another try of a PIN', async () => {
    let asked = 0;
    const { said } = await run(
      [command('add-identity x'), command('recipient-stanza 0 x'), command('recipient-stanza 1 x')],
      failing(() => {
        asked++;
        return ageError('CANCELLED', 'wrong PIN');
      }),
    );
    expect(said).toEqual(['error identity 0', 'done']);
    expect(asked).toBe(1);
  });

  test.each([[new TypeError('a defect')], ['a text'], [null], [undefined]])(
    'whatever is thrown is answered in one line: %s',
    async (thrown) => {
      const commands = [command('add-identity x'), command('recipient-stanza 0 x')];
      const { outcome, said, bodies } = await run(
        commands,
        failing(() => thrown),
      );
      expect(outcome).toBe('served');
      expect(said).toEqual(['error identity 0', 'done']);
      expect(Buffer.from(bodies[0] ?? []).toString()).toMatch(/^[^\n]+$/);
    },
  );

  test('a file key of another size is not handed on', async () => {
    const { said } = await run(
      [command('add-identity x'), command('recipient-stanza 0 x')],
      async () =>
        await Promise.resolve(identityFor('x', async () => Secret.copy(Buffer.alloc(15)))),
    );
    expect(said).toEqual(['error stanza 0 0', 'done']);
  });

  test.each([
    'add-identity',
    'add-identity x y',
    'recipient-stanza',
    'recipient-stanza 0',
    'recipient-stanza x y',
    'recipient-stanza -1 x',
    'recipient-stanza 01 x',
  ])('a malformed command is an error of the whole: %s', async (text) => {
    const { said } = await run([command(text), command('recipient-stanza 0 x')]);
    expect(said).toEqual(['error internal', 'done']);
  });

  test('file indices that go backwards are an error of the whole', async () => {
    const commands = ['add-identity x', 'recipient-stanza 1 x', 'recipient-stanza 0 x'];
    const { said } = await run(commands.map((text) => command(text)));
    expect(said).toEqual(['error internal', 'done']);
  });
});

describe('a conversation', () => {
  async function talk<Result>(
    talking: (conversation: PluginConversation) => Promise<Result>,
    reply: Reply,
  ) {
    const results: Result[] = [];
    const run = await runPlugin(
      'identity-v1',
      {
        identity: async (_, conversation) =>
          await Promise.resolve(
            identityFor('x', async () => {
              results.push(await talking(conversation));
              return null;
            }),
          ),
      },
      [command('add-identity x'), command('recipient-stanza 0 x'), DONE],
      { reply },
    );
    return { ...run, result: results[0] };
  }

  test('asks for a secret, which is bytes to wipe', async () => {
    const { result, said, bodies } = await talk(
      async (conversation) => {
        using secret = await conversation.requestSecret('PIN, please');
        return Buffer.from(secret?.bytes ?? []).toString();
      },
      () => command('ok', 'Paßwort'),
    );
    expect(result).toBe('Paßwort');
    expect(said).toEqual(['request-secret', 'done']);
    expect(Buffer.from(bodies[0] ?? []).toString()).toBe('PIN, please');
  });

  test.each(['fail', 'unsupported'])('takes "%s" for there being nobody', async (answer) => {
    const { result, outcome } = await talk(
      async (conversation) => [
        await conversation.tell('a'),
        await conversation.confirm('b', { yes: 'y', no: 'n' }),
        await conversation.requestPublic('c'),
        await conversation.requestSecret('d'),
      ],
      () => command(answer),
    );
    expect(result).toEqual([false, null, null, null]);
    expect(outcome).toBe('served');
  });

  test.each([
    ['yes', true],
    ['no', false],
  ])('has one of two answers chosen: %s', async (answer, expected) => {
    const { result, said } = await talk(
      async (conversation) => await conversation.confirm('b', { yes: 'inserted', no: 'skip' }),
      () => command(`ok ${answer}`),
    );
    expect(result).toBe(expected);
    expect(said).toEqual(['confirm aW5zZXJ0ZWQ c2tpcA', 'done']);
  });

  test('has one question at a time, whoever asks', async () => {
    let open = 0;
    const { result } = await talk(
      async (conversation) =>
        await Promise.all(
          ['a', 'b', 'c'].map(async (text) => await conversation.requestPublic(text)),
        ),
      ({ body }) => {
        expect(++open).toBe(1);
        open--;
        return { args: ['ok'], body };
      },
    );
    expect(result).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['hangs up', null],
    ['says something else', command('file-key 0')],
    ['says yes and no', command('ok maybe')],
    ['sends no stanza', Uint8Array.from(Buffer.from('ok\n\n'))],
  ])('is broken, and nothing more is said, when the client %s', async (_, answer) => {
    const { outcome, said } = await talk(
      async (conversation) => await conversation.confirm('b', { yes: 'y', no: 'n' }),
      () => answer,
    );
    expect(outcome).toBe('broken');
    expect(said).toEqual(['confirm eQ bg']);
  });

  test('ends when it is called off', async () => {
    const abort = new AbortController();
    const handlers = { identity };
    const ending = runPlugin('identity-v1', handlers, [command('add-identity x')], {
      signal: abort.signal,
    });
    abort.abort();
    expect((await ending).outcome).toBe('broken');
  });
});

test('the file key is acknowledged, or the conversation is broken', async () => {
  const commands = [command('add-identity x'), command('recipient-stanza 0 x')];
  const { outcome, said } = await run(commands, identity, () => command('unsupported'));
  expect({ outcome, said }).toEqual({ outcome: 'broken', said: ['file-key 0'] });
});

test('it does not matter in which pieces the bytes arrive', async () => {
  const commands = [command('add-identity x'), command('recipient-stanza 0 x', KEY), DONE];
  const size = 1;
  const { said } = await runPlugin('identity-v1', { identity }, commands, { size });
  expect(said).toEqual(['file-key 0', 'done']);
});

test('a client that hangs up in its own phase is left in silence', async () => {
  for (const first of [bytesOf([OK]), bytesOf([command('add-identity x')]), new Uint8Array(0)]) {
    const { outcome, said } = await runPlugin('identity-v1', { identity }, first);
    expect({ outcome, said }).toEqual({ outcome: 'broken', said: [] });
  }
});
