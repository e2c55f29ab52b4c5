import { assessEnvelopes, assessPassword, checkHint, HoldfastError, Secret } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { shownLosses } from './shown-losses.ts';

export const advice: Handlers<'assessPassword' | 'assessEnvelopes'> = {
  async assessPassword({ body }) {
    using password = Secret.fromText(body.password);
    const { suggestions, ...assessed } = await assessPassword(password);
    const hintFault = body.hint === undefined ? null : faultOf(body.hint, password);
    return { status: 200, json: { ...assessed, suggestions: [...suggestions], hintFault } };
  },
  async assessEnvelopes({ body, service, actor, signal }) {
    const { envelopes } = body;
    const { tokens } = service.config;
    const run = service.runFor(actor, { signal });
    const { faults, losses, ...rest } = await assessEnvelopes({ envelopes, tokens }, run);
    return {
      status: 200,
      json: {
        faults: faults.map((fault) => ({ ...fault })),
        losses: losses && shownLosses(losses),
        unknownCustodians: [...rest.unknownCustodians],
      },
    };
  },
};

function faultOf(hint: string, password: Secret): string | null {
  try {
    checkHint(hint, password);
    return null;
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    return cause.message;
  }
}
