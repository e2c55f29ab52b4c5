import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity, PluginConversation, Recipient } from '@holdfast/core';
import { tokenInWords } from './pins-over.ts';

interface WantedToken {
  readonly label: string;
  readonly serial: string;
}

type Options = { signal?: AbortSignal | undefined } | undefined;

const BETWEEN = 1000;
/** Looks without anybody to ask: about a quarter of a minute. */
const LOOKS = 15;
/** A program that answers "inserted" for ever is not believed for ever. */
const QUESTIONS = 20;

/** An identity that has its token inserted. Without the token it opens nothing, which is no error: others may. */
export function patientIdentity(
  identity: Identity,
  token: WantedToken,
  conversation: PluginConversation,
): Identity {
  return {
    unwrapFileKey: async (stanzas, options) => {
      try {
        const look = async () => await identity.unwrapFileKey(stanzas, options);
        return await withToken(look, token, conversation, options);
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
  token: WantedToken,
  conversation: PluginConversation,
): Recipient {
  return {
    ...(recipient.labels && { labels: recipient.labels }),
    wrapFileKey: async (fileKey, options) => {
      const look = async () => await recipient.wrapFileKey(fileKey, options);
      return await withToken(look, token, conversation, options);
    },
  };
}

async function withToken<Result>(
  look: () => Promise<Result>,
  token: WantedToken,
  conversation: PluginConversation,
  options: Options,
): Promise<Result> {
  const insertion = waitingFor(token, conversation, options);
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (!isTokenMissing(cause) || !(await insertion())) throw cause;
    }
  }
}

/** Resolves to whether to look again: a person says when, else about once a second for a while. */
function waitingFor(
  token: WantedToken,
  conversation: PluginConversation,
  options: Options,
): () => Promise<boolean> {
  const request = `insert the ${tokenInWords(token)}`;
  let questions = 0;
  let looks = 0;
  let isThereSomebody = true;
  return async () => {
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

function isTokenMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'TOKEN_NOT_FOUND';
}
