import { Secret } from '@holdfast/age';
import { afterAll, describe, it } from 'vitest';

import { contract, openSoftHsm, openSubject } from './testing/index.ts';

const opened = new AsyncDisposableStack();
const softhsm = opened.use(await openSoftHsm());
process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
const token = await softhsm.addToken('contract', 'sésame 7');
await softhsm.addKey(token, { kind: 'p256', label: 'ec', id: '01' });
await softhsm.addKey(token, { kind: 'rsa', label: 'rsa', id: '02' });
await softhsm.addKey(token, { kind: 'aes', label: 'aes', id: '03' });
await softhsm.addKey(token, { kind: 'hmac', label: 'hmac', id: '04' });
await softhsm.addKey(token, { kind: 'rsa', label: 'each', id: '05', alwaysAuthenticate: true });

const subject = opened.use(
  await openSubject({
    module: { path: softhsm.module },
    token: 'pkcs11:token=contract',
    openPin: () => Secret.fromText('sésame 7'),
    throwAway: true,
  }),
);

afterAll(async () => {
  await opened.disposeAsync();
});

describe('SoftHSM keeps the contract:', () => {
  for (const { name, run } of contract(subject)) it(name, { timeout: 120_000 }, run);
});
