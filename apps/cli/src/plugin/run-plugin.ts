import type { PluginConversation, PluginHandlers, SharedTokens, TokenAccess } from '@holdfast/core';
import { listenForCancellation } from '../cancellation.ts';
import { pinsOver } from './pins-over.ts';
import { patientIdentity, patientRecipient } from './patience.ts';
import { openStandardIo } from './standard-io.ts';

const EXIT = { served: 0, broken: 1, unknown: 2 } as const;

/** Speaks the plugin protocol on standard input and output; resolves to the exit code. */
export async function runPlugin(machine: string): Promise<number> {
  const { servePlugin } = await import('@holdfast/core');
  using cancellation = listenForCancellation();
  const { signal } = cancellation;
  using io = openStandardIo(signal);
  await using held = new AsyncDisposableStack();
  const handlers = handlersWith(async (conversation) => held.use(await accessOver(conversation)));
  const outcome = await servePlugin(machine, handlers, io);
  if (outcome === 'unknown') {
    process.stderr.write(`age-plugin-holdfast does not know the state machine ${machine}\n`);
  }
  return EXIT[outcome];
}

/** Tokens are reached once, when the first line asks for them; what goes wrong then is told to age. */
function handlersWith(
  reach: (conversation: PluginConversation) => Promise<TokenAccess>,
): PluginHandlers {
  let access: Promise<TokenAccess> | undefined;
  const tokens = async (conversation: PluginConversation): Promise<SharedTokens> => {
    access ??= reach(conversation);
    return await (await access).open();
  };
  return {
    recipient: async (line, conversation) => {
      const recipient = (await tokens(conversation)).fromRecipientLine(line);
      return patientRecipient(recipient, conversation);
    },
    identityAsRecipient: async (line, conversation) => {
      const { recipient } = (await tokens(conversation)).fromIdentityLine(line);
      return patientRecipient(recipient, conversation);
    },
    identity: async (line, conversation) => {
      const { identity } = (await tokens(conversation)).fromIdentityLine(line);
      return patientIdentity(identity, conversation);
    },
  };
}

async function accessOver(conversation: PluginConversation): Promise<TokenAccess> {
  const { instanceAt, loadConfig, tokenAccess } = await import('@holdfast/core');
  const config = await loadConfig({ env: process.env });
  const instance = instanceAt({
    folder: config.state,
    ...(config.group !== null && { group: config.group }),
    ...(config.trust !== null && { trustFile: config.trust }),
  });
  const { modules, tokens: aliases } = config;
  return tokenAccess({ modules, aliases, instance, pins: pinsOver(conversation) });
}
