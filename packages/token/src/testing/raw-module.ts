// The peer of packages/token: one operation of a module in a loop, called through pkcs11js with nothing between.
// usage: raw-module.ts MODULE TOKEN-LABEL KEY-LABEL ecdh|rsa COUNT   (the PIN on standard input); prints seconds
import { createECDH } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type * as Pkcs11 from 'pkcs11js';

const p11 = createRequire(import.meta.url)('pkcs11js') as typeof Pkcs11;
const [path = '', tokenLabel = '', keyLabel = '', kind = '', count = ''] = process.argv.slice(2);
const pin = readFileSync(0, 'utf8').trim();

const module = new p11.PKCS11();
module.load(path);
module.C_Initialize({ flags: p11.CKF_OS_LOCKING_OK });
const slot = module
  .C_GetSlotList(true)
  .find((it) => module.C_GetTokenInfo(it).label.trim() === tokenLabel);
if (slot === undefined) throw new Error(`there is no token ${tokenLabel}`);
const session = module.C_OpenSession(slot, p11.CKF_SERIAL_SESSION);
module.C_Login(session, p11.CKU_USER, pin);
module.C_FindObjectsInit(session, [
  { type: p11.CKA_CLASS, value: p11.CKO_PRIVATE_KEY },
  { type: p11.CKA_LABEL, value: keyLabel },
]);
const [key] = module.C_FindObjects(session, 1);
module.C_FindObjectsFinal(session);
if (key === undefined) throw new Error(`there is no key ${keyLabel}`);

const point = createECDH('prime256v1').generateKeys();
const ciphertext = Buffer.alloc(256, 1);
const parameter: Pkcs11.ECDH1 = {
  type: p11.CK_PARAMS_EC_DH,
  kdf: p11.CKD_NULL,
  publicData: point,
};
const operate = {
  ecdh: () => {
    const shared = module.C_DeriveKey(
      session,
      { mechanism: p11.CKM_ECDH1_DERIVE, parameter },
      key,
      [
        { type: p11.CKA_CLASS, value: p11.CKO_SECRET_KEY },
        { type: p11.CKA_KEY_TYPE, value: p11.CKK_GENERIC_SECRET },
        { type: p11.CKA_TOKEN, value: false },
        { type: p11.CKA_SENSITIVE, value: false },
        { type: p11.CKA_EXTRACTABLE, value: true },
        { type: p11.CKA_VALUE_LEN, value: 32 },
      ],
    );
    module.C_GetAttributeValue(session, shared, [{ type: p11.CKA_VALUE }]);
    module.C_DestroyObject(session, shared);
  },
  rsa: () => {
    module.C_DecryptInit(session, { mechanism: p11.CKM_RSA_X_509 }, key);
    module.C_Decrypt(session, ciphertext, Buffer.alloc(256));
  },
}[kind];
if (operate === undefined) throw new Error(`no such operation: ${kind}`);

operate();
const started = performance.now();
for (let done = 0; done < Number(count); done += 1) operate();
process.stdout.write(String((performance.now() - started) / 1000));
module.C_Finalize();
