import { ageError } from '../error.ts';
import { encodeStanzaLine } from '../header/stanza.ts';
import type { Recipient, Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { oneLine } from './complaint.ts';
import type { Peer, PluginConversation } from './conversation.ts';

/** Makes a recipient of its line; throws when it is none. */
export type MakeRecipient = (line: string, conversation: PluginConversation) => Promise<Recipient>;

type Kind = 'recipient' | 'identity';

interface Request extends Disposable {
  readonly lines: { readonly kind: Kind; readonly index: number; readonly line: string }[];
  readonly fileKeys: Secret[];
  labels: boolean;
}

interface Named {
  readonly kind: Kind;
  readonly index: number;
  readonly recipient: Recipient;
}

const FILE_KEY_SIZE = 16;

/** `recipient-v1`: wraps file keys (C2SP age-plugin, "Wrapping with recipient-v1"). */
export async function serveRecipients(
  peer: Peer,
  make: { readonly recipient: MakeRecipient; readonly identity: MakeRecipient },
): Promise<void> {
  using request = await receiveRequest(peer);
  const recipients: Named[] = [];
  for (const { kind, index, line } of request.lines) {
    const recipient = await telling(
      peer,
      { kind, index },
      async () => await make[kind](line, peer),
    );
    if (recipient !== null) recipients.push({ kind, index, recipient });
  }
  // With an error, not a single stanza may be sent.
  if (recipients.length < request.lines.length) return;
  const labels = commonLabels(recipients);
  const stanzas: { readonly file: number; readonly stanza: Stanza }[] = [];
  for (const [file, fileKey] of request.fileKeys.entries()) {
    for (const named of recipients) {
      const wrapped = await telling(
        peer,
        named,
        async () => await wrap(named.recipient, fileKey, peer),
      );
      if (wrapped === null) return;
      stanzas.push({ file, stanza: wrapped });
    }
  }
  if (request.labels) await peer.send(['labels', ...labels]);
  for (const { file, stanza } of stanzas) {
    await peer.send(['recipient-stanza', String(file), ...stanza.args], stanza.body);
  }
}

async function receiveRequest(peer: Peer): Promise<Request> {
  using held = new DisposableStack();
  const request = { lines: [] as Request['lines'], fileKeys: [] as Secret[], labels: false };
  const counts = { recipient: 0, identity: 0 };
  let malformed = '';
  for await (const { args, body } of peer.commands()) {
    const [command, first, ...rest] = args;
    const kind =
      command === 'add-recipient' ? 'recipient' : command === 'add-identity' ? 'identity' : null;
    if (kind !== null) {
      if (first === undefined || rest.length > 0 || body.length > 0) malformed = command;
      else request.lines.push({ kind, index: counts[kind]++, line: first });
    } else if (command === 'wrap-file-key') {
      request.fileKeys.push(held.use(Secret.take(body)));
      if (first !== undefined || body.length !== FILE_KEY_SIZE) malformed = command;
    } else if (command === 'extension-labels') request.labels = true;
  }
  if (malformed !== '') {
    throw ageError('CANCELLED', `the age program sent a malformed ${malformed}`);
  }
  const owned = held.move();
  return Object.assign(request, {
    [Symbol.dispose]: () => {
      owned.dispose();
    },
  });
}

async function wrap(recipient: Recipient, fileKey: Secret, peer: Peer): Promise<Stanza> {
  const [stanza, ...others] = await recipient.wrapFileKey(fileKey.bytes, { signal: peer.signal });
  if (stanza === undefined || others.length > 0) {
    throw ageError('RECIPIENT_INVALID', 'a recipient made more or less than one stanza');
  }
  // Throws here, while it can still be told, what could not be sent.
  encodeStanzaLine(stanza.args);
  return stanza;
}

/** Resolves to `null` after an error was told. */
async function telling<Result>(
  peer: Peer,
  { kind, index }: { readonly kind: Kind; readonly index: number },
  step: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await step();
  } catch (cause) {
    if (peer.isBroken) throw cause;
    await peer.send(['error', kind, String(index)], oneLine(cause));
    return null;
  }
}

/** Which other recipients these go together with; they must agree (the client compares with the rest). */
function commonLabels(recipients: readonly Named[]): string[] {
  const [first = [], ...others] = recipients.map(({ recipient }) =>
    [...new Set(recipient.labels)].sort(),
  );
  if (others.every((labels) => labels.join('\n') === first.join('\n'))) return first;
  throw ageError('RECIPIENTS_INCOMPATIBLE', 'these recipients do not go together in one file');
}
