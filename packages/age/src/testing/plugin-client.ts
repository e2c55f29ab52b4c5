import { parseStanza, encodeStanza } from '../header/stanza.ts';
import { servePlugin, type PluginHandlers } from '../plugin/serve.ts';
import type { Stanza } from '../ports.ts';

/** What a client answers to a command; `null` when it hangs up instead. */
export type Reply = (command: Stanza) => Stanza | Uint8Array | null;

export const OK: Stanza = { args: ['ok'], body: new Uint8Array(0) };

export function command(text: string, body: Uint8Array | string = ''): Stanza {
  return { args: text.split(' '), body: Buffer.from(body) };
}

export function bytesOf(stanzas: readonly Stanza[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(stanzas.map(encodeStanza).join('')));
}

/**
 * Runs a plugin with an age program that says `first`, in pieces of `size` bytes, and then answers.
 * Resolves to what the plugin said: of each command its arguments in one string, and its body.
 */
export async function runPlugin(
  machine: string,
  handlers: Partial<PluginHandlers>,
  first: readonly Stanza[] | Uint8Array,
  { reply = () => OK, size = Infinity, signal }: ClientOptions = {},
): Promise<{ outcome: string; said: string[]; bodies: Uint8Array[] }> {
  const said: string[] = [];
  const bodies: Uint8Array[] = [];
  const ready = [...piecesOf(first instanceof Uint8Array ? first : bytesOf(first), size)];
  let { promise: more, resolve: wake } = Promise.withResolvers<null>();
  let ended = first instanceof Uint8Array;

  async function* input(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = ready.shift();
      if (piece !== undefined) yield piece;
      else if (ended) return;
      else {
        await more;
        ({ promise: more, resolve: wake } = Promise.withResolvers<null>());
      }
    }
  }

  const write = async (bytes: Uint8Array): Promise<void> => {
    const [head = '', ...lines] = Buffer.from(bytes).toString('latin1').split('\n');
    const stanza = parseStanza(head, () => lines.shift() ?? null);
    said.push(stanza.args.join(' '));
    bodies.push(stanza.body);
    if (stanza.args[0] === 'done') return;
    const answer = reply(stanza);
    if (answer === null) ended = true;
    else ready.push(...piecesOf(answer instanceof Uint8Array ? answer : bytesOf([answer]), size));
    wake(null);
  };

  const unexpected = async (line: string): Promise<never> => {
    await Promise.resolve();
    throw new Error(`nobody expected ${line}`);
  };
  const outcome = await servePlugin(
    machine,
    {
      recipient: unexpected,
      identityAsRecipient: unexpected,
      identity: unexpected,
      ...handlers,
    },
    { input: input(), write, signal },
  );
  return { outcome, said, bodies };
}

interface ClientOptions {
  readonly reply?: Reply;
  readonly size?: number;
  readonly signal?: AbortSignal;
}

function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
