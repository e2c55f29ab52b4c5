import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity, PluginConversation, Recipient } from '@holdfast/core';
import { printable } from '../to-terminal.ts';

type Options = { signal?: AbortSignal | undefined } | undefined;

const BETWEEN = 1000;
/** Looks without anybody to ask: about a quarter of a minute. */
const LOOKS = 15;
/** A program that answers "inserted" for ever is not believed for ever. */
const QUESTIONS = 20;

/** An identity that has its token inserted. Without the token it opens nothing, which is no error: others may. */
export function patientIdentity(identity: Identity, conversation: PluginConversation): Identity {
  return {
    unwrapFileKey: async (stanzas, options) => {
      try {
        const look = async () => await identity.unwrapFileKey(stanzas, options);
        return await withToken(look, conversation, options);
      } catch (cause) {
        if (isTokenMissing(cause)) return null;
        throw cause;
      }
    },
  };
}

/** A recipient that has its token inserted, which a secret key takes. */
export function patientRecipient(
  recipient: Recipient,
  conversation: PluginConversation,
): Recipient {
  return {
    ...(recipient.labels && { labels: recipient.labels }),
    wrapFileKey: async (fileKey, options) => {
      const look = async () => await recipient.wrapFileKey(fileKey, options);
      return await withToken(look, conversation, options);
    },
  };
}

async function withToken<Result>(
  look: () => Promise<Result>,
  conversation: PluginConversation,
  options: Options,
): Promise<Result> {
  const insertion = waitingWith(conversation, options);
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (!isTokenMissing(cause) || !(await insertion(cause))) throw cause;
    }
  }
}

/** Resolves to whether to look again: a person says when, else about once a second for a while. */
function waitingWith(
  conversation: PluginConversation,
  options: Options,
): (missing: Error) => Promise<boolean> {
  let questions = 0;
  let looks = 0;
  let isThereSomebody = true;
  return async ({ message }) => {
    const request = `${printable(message)}: insert it`;
    if (isThereSomebody && questions++ < QUESTIONS) {
      const answer = await conversation.confirm(request, { yes: 'inserted', no: 'skip' });
      if (answer !== null) return answer;
      isThereSomebody = false;
      await conversation.tell(request);
    }
    if (isThereSomebody || looks++ >= LOOKS) return false;
    await sleep(BETWEEN, undefined, { signal: options?.signal });
    return true;
  };
}

function isTokenMissing(cause: unknown): cause is Error {
  return cause instanceof Error && 'code' in cause && cause.code === 'TOKEN_NOT_FOUND';
}
