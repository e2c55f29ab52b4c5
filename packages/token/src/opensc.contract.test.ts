import { Secret } from '@holdfast/age';
import { afterAll, describe, it } from 'vitest';

import { contract, openSmartcard, openSubject } from './testing/index.ts';

const opened = new AsyncDisposableStack();
const smartcard = opened.use(
  await openSmartcard({ keys: { '9a': 'p256', '9c': 'rsa2048', '9d': 'rsa2048' } }),
);
Object.assign(process.env, smartcard.environment);

const subject = opened.use(
  await openSubject({
    module: { path: smartcard.module },
    token: 'pkcs11:token=Virtual%20holder',
    openPin: () => Secret.fromText(smartcard.card.pin),
    throwAway: true,
  }),
);

afterAll(async () => {
  await opened.disposeAsync();
});

describe('OpenSC with a PIV card keeps the contract:', () => {
  for (const { name, run } of contract(subject)) it(name, { timeout: 120_000 }, run);
});
