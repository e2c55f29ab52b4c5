import type { PinRequest, PinSource, PluginConversation } from '@holdfast/core';
import { isGiven, openGivenSecret, type SecretPlace } from '../given-secret.ts';
import { printable } from '../to-terminal.ts';

const PLACE: SecretPlace = { what: 'PIN', credential: 'holdfast.pin' };

/**
 * PINs from the systemd credential, else from whoever runs age. After a wrong PIN a person is asked first:
 * the credential may be what was wrong.
 */
export function pinsOver(conversation: PluginConversation): PinSource {
  const stored = async (): ReturnType<PinSource['pin']> =>
    (await isGiven(PLACE))
      ? { pin: await openGivenSecret(PLACE, () => undefined), typed: false }
      : null;

  const typed = async (request: PinRequest): ReturnType<PinSource['pin']> => {
    const warning =
      request.tries === 'full' ? '' : 'a wrong PIN was given before, few tries are left. ';
    const pin = await conversation.requestSecret(`${warning}PIN of ${inWords(request)}:`);
    return pin === null ? null : { pin, typed: true };
  };

  return {
    pin: async (request) =>
      request.tries === 'full'
        ? ((await stored()) ?? (await typed(request)))
        : ((await typed(request)) ?? (await stored())),
    confirmLastTry: async (request) => {
      const question = `one more wrong PIN locks ${inWords(request)}; spend the last try?`;
      const answers = { yes: 'spend the last try', no: 'stop' };
      return (await conversation.confirm(question, answers)) ?? false;
    },
  };
}

function inWords({ token }: PinRequest): string {
  return `token ${printable(token.label)} (serial ${printable(token.serial)})`;
}
