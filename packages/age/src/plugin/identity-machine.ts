import { ageError } from '../error.ts';
import type { Identity, Stanza } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { blamedStanza, oneLine } from './complaint.ts';
import type { Peer, PluginConversation } from './conversation.ts';

/** Makes an identity of its line; throws when it is none. */
export type MakeIdentity = (line: string, conversation: PluginConversation) => Promise<Identity>;

interface Request {
  readonly lines: string[];
  /** The stanzas of each file, by its index as the client has it. */
  readonly files: Map<string, Stanza[]>;
}

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;
const FILE_KEY_SIZE = 16;

/** `identity-v1`: unwraps file keys (C2SP age-plugin, "Unwrapping with identity-v1"). */
export async function serveIdentities(peer: Peer, makeIdentity: MakeIdentity): Promise<void> {
  const { lines, files } = await receiveRequest(peer);
  const identities: Identity[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      identities.push(await makeIdentity(line, peer));
    } catch (cause) {
      await peer.send(['error', 'identity', String(index)], oneLine(cause));
    }
  }
  // With one that is invalid, none may be used.
  if (identities.length < lines.length) return;
  const failed = new Set<Identity>();
  for (const [file, stanzas] of files) await unwrap(peer, { identities, failed, file, stanzas });
}

async function receiveRequest(peer: Peer): Promise<Request> {
  const request: Request = { lines: [], files: new Map() };
  let malformed = '';
  let last = -1;
  for await (const { args, body } of peer.commands()) {
    const [command, first, ...rest] = args;
    if (command === 'add-identity') {
      if (first === undefined || rest.length > 0 || body.length > 0) malformed = command;
      else request.lines.push(first);
    } else if (command === 'recipient-stanza') {
      const [file = '', ...stanza] = args.slice(1);
      if (!INDEX.test(file) || Number(file) < last || stanza.length === 0) malformed = command;
      else {
        last = Number(file);
        if (!request.files.has(file)) request.files.set(file, []);
        request.files.get(file)?.push({ args: stanza, body });
      }
    }
  }
  if (malformed === '') return request;
  throw ageError('CANCELLED', `the age program sent a malformed ${malformed}`);
}

/**
 * Tries one identity after another. What went wrong is told only when none opens the file: clients give up
 * at the first error. An identity that failed is not tried again, for another file might cost it another PIN.
 */
async function unwrap(
  peer: Peer,
  state: {
    readonly identities: readonly Identity[];
    readonly failed: Set<Identity>;
    readonly file: string;
    readonly stanzas: readonly Stanza[];
  },
): Promise<void> {
  const { identities, failed, file, stanzas } = state;
  const complaints: { args: string[]; cause: unknown }[] = [];
  for (const [index, identity] of identities.entries()) {
    if (failed.has(identity)) continue;
    try {
      using fileKey = await identity.unwrapFileKey(stanzas, { signal: peer.signal });
      if (fileKey === null) continue;
      assertFileKey(fileKey, stanzas);
      await peer.send(['file-key', file], fileKey.bytes);
      return;
    } catch (cause) {
      if (peer.isBroken) throw cause;
      const stanza = blamedStanza(cause, stanzas);
      if (stanza !== null) {
        // No identity may open a file of which a stanza is malformed.
        complaints.splice(0, Infinity, { args: ['stanza', file, String(stanza)], cause });
        break;
      }
      failed.add(identity);
      complaints.push({ args: ['identity', String(index)], cause });
    }
  }
  for (const { args, cause } of complaints) await peer.send(['error', ...args], oneLine(cause));
}

function assertFileKey(fileKey: Secret, stanzas: readonly Stanza[]): void {
  if (fileKey.bytes.length === FILE_KEY_SIZE) return;
  const message = 'the header holds something other than a file key';
  throw ageError('AGE_HEADER_INVALID', message, { cause: stanzas[0] });
}
