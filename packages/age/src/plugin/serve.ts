import { oneLine } from './complaint.ts';
import { Peer, type PluginIo } from './conversation.ts';
import { serveIdentities, type MakeIdentity } from './identity-machine.ts';
import { serveRecipients, type MakeRecipient } from './recipient-machine.ts';

/** What a plugin does with each line that age gives it. They are called one after another. */
export interface PluginHandlers {
  readonly recipient: MakeRecipient;
  /** An identity to encrypt to, as in `age -e -i`. */
  readonly identityAsRecipient: MakeRecipient;
  readonly identity: MakeIdentity;
}

/**
 * Speaks one run of the plugin protocol (C2SP age-plugin). Everything that a handler throws becomes an error
 * that age shows. Never rejects: `unknown` is a state machine that nobody knows, of which nothing was said;
 * `broken` a conversation that the other end left or garbled.
 */
export async function servePlugin(
  machine: string,
  handlers: PluginHandlers,
  io: PluginIo,
): Promise<'served' | 'broken' | 'unknown'> {
  if (machine !== 'recipient-v1' && machine !== 'identity-v1') return 'unknown';
  const peer = new Peer(io);
  try {
    if (machine === 'identity-v1') await serveIdentities(peer, handlers.identity);
    else {
      const { recipient, identityAsRecipient: identity } = handlers;
      await serveRecipients(peer, { recipient, identity });
    }
    await peer.done();
    return 'served';
  } catch (cause) {
    return await complain(peer, cause);
  }
}

async function complain(peer: Peer, cause: unknown): Promise<'served' | 'broken'> {
  try {
    await peer.send(['error', 'internal'], oneLine(cause));
    await peer.done();
    return 'served';
  } catch {
    return 'broken';
  }
}
