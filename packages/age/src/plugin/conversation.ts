import { throwIfCancelled } from '../cancel.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { ageError } from '../error.ts';
import type { Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { encodeSecretStanza, StanzaReader, type ReceivedStanza } from './stanza-stream.ts';

/** What a plugin can ask of whoever runs age. `null` and `false` mean: there is nobody, or no way, to ask. */
export interface PluginConversation {
  /** Shows a message: lower case, no full stop. */
  tell(message: string): Promise<boolean>;
  /** Has one of two answers chosen. */
  confirm(
    message: string,
    answers: { readonly yes: string; readonly no: string },
  ): Promise<boolean | null>;
  requestPublic(message: string): Promise<string | null>;
  /** A PIN or password, as UTF-8 bytes; the caller's to dispose. */
  requestSecret(message: string): Promise<Secret | null>;
}

/** Standard input and output, as a plugin has them. */
export interface PluginIo {
  /** Its chunks become the plugin's, which wipes them. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes, which are wiped then, were taken. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const REPLIES: readonly string[] = ['ok', 'fail', 'unsupported'];
const NOTHING = new Uint8Array(0);

/**
 * The age program at the other end. Whatever is not as the protocol has it breaks the conversation for good:
 * every method then throws CANCELLED, and nothing more is sent.
 */
export class Peer implements PluginConversation {
  readonly #reader: StanzaReader;
  readonly #io: PluginIo;
  #broken: unknown = null;
  /** Replies carry no name: one command at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(io: PluginIo) {
    this.#io = io;
    this.#reader = new StanzaReader(io.input);
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  get signal(): AbortSignal | undefined {
    return this.#io.signal;
  }

  /** The commands of the first phase, up to `done`; their bodies are the caller's to wipe. */
  async *commands(): AsyncGenerator<ReceivedStanza> {
    for (;;) {
      const command = await this.#breaking(async () => await this.#receive());
      if (command.args[0] === 'done') return;
      yield command;
    }
  }

  /** Sends a command that must be taken. */
  async send(args: readonly string[], body: Uint8Array = NOTHING): Promise<void> {
    const reply = await this.#ask({ args, body });
    reply.body.fill(0);
    // Not "unsupported": a client that does not know its own protocol is no client.
    if (reply.args[0] !== 'ok') await this.#breaking(unexpected);
  }

  async done(): Promise<void> {
    await this.#breaking(async () => {
      await this.#write({ args: ['done'], body: NOTHING });
    });
  }

  async tell(message: string): Promise<boolean> {
    return (await this.#ask({ args: ['msg'], body: Buffer.from(message) })).args[0] === 'ok';
  }

  async confirm(
    message: string,
    { yes, no }: { readonly yes: string; readonly no: string },
  ): Promise<boolean | null> {
    const answers = [yes, no].map((answer) => encodeBase64(Buffer.from(answer)));
    const { args } = await this.#ask({ args: ['confirm', ...answers], body: Buffer.from(message) });
    if (args[0] !== 'ok') return null;
    if (args[1] !== 'yes' && args[1] !== 'no') await this.#breaking(unexpected);
    return args[1] === 'yes';
  }

  async requestPublic(message: string): Promise<string | null> {
    const { args, body } = await this.#ask({
      args: ['request-public'],
      body: Buffer.from(message),
    });
    return args[0] === 'ok' ? Buffer.from(body).toString('utf8') : null;
  }

  async requestSecret(message: string): Promise<Secret | null> {
    const { args, body } = await this.#ask({
      args: ['request-secret'],
      body: Buffer.from(message),
    });
    if (args[0] === 'ok') return Secret.take(body);
    body.fill(0);
    return null;
  }

  async #ask(command: Stanza): Promise<ReceivedStanza> {
    const asking = this.#turn.then(async () => {
      return await this.#breaking(async () => {
        await this.#write(command);
        const reply = await this.#receive();
        return REPLIES.includes(reply.args[0]) ? reply : await unexpected();
      });
    });
    this.#turn = asking.catch(() => undefined);
    return await asking;
  }

  async #receive(): Promise<ReceivedStanza> {
    const stanza = await this.#reader.next(this.signal);
    if (stanza === null) throw ageError('CANCELLED', 'the age program ended the conversation');
    return stanza;
  }

  async #write(stanza: Stanza): Promise<void> {
    throwIfCancelled(this.signal);
    const bytes = encodeSecretStanza(stanza);
    try {
      await this.#io.write(bytes);
    } finally {
      bytes.fill(0);
    }
  }

  async #breaking<Result>(step: () => Promise<Result>): Promise<Result> {
    if (this.#broken !== null) throw this.#broken as Error;
    try {
      return await step();
    } catch (cause) {
      this.#broken = cause;
      throw cause;
    }
  }
}

async function unexpected(): Promise<never> {
  throw ageError('CANCELLED', 'the age program gave an answer that is none');
}
