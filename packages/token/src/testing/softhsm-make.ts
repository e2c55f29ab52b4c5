import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import type * as Driver from 'pkcs11js';

/** Bytes are hexadecimal. */
export type PlainAttribute = readonly [type: number, value: string | boolean | number];

export interface MakeCall {
  readonly name: 'C_CreateObject' | 'C_GenerateKey' | 'C_GenerateKeyPair' | 'destroy';
  readonly mechanism?: number;
  readonly templates: readonly (readonly PlainAttribute[])[];
}

interface Order {
  readonly module: string;
  readonly label: string;
  readonly serial: string;
  readonly pin: string;
  readonly calls: readonly MakeCall[];
}

// In a process of its own: a test that loaded the module could not let another process change its tokens.
if (import.meta.main) make(JSON.parse(await text(process.stdin)) as Order);

function make({ module, serial, pin, calls }: Order): void {
  const driver = createRequire(import.meta.url)('pkcs11js') as typeof Driver;
  const library = new driver.PKCS11();
  library.load(module);
  library.C_Initialize({ flags: driver.CKF_OS_LOCKING_OK });
  const slot = library
    .C_GetSlotList(true)
    .find((handle) => library.C_GetTokenInfo(handle).serialNumber.trim() === serial);
  if (slot === undefined) throw new Error(`no token with serial ${serial}`);
  const session = library.C_OpenSession(slot, driver.CKF_SERIAL_SESSION | driver.CKF_RW_SESSION);
  library.C_Login(session, driver.CKU_USER, pin);
  for (const { name, mechanism = 0, templates } of calls) {
    const [first = [], second = []] = templates.map((template) =>
      template.map(([type, value]) => ({
        type,
        value: typeof value === 'string' ? Buffer.from(value, 'hex') : value,
      })),
    );
    if (name === 'C_CreateObject') library.C_CreateObject(session, first);
    else if (name === 'C_GenerateKey') library.C_GenerateKey(session, { mechanism }, first);
    else if (name === 'C_GenerateKeyPair') {
      library.C_GenerateKeyPair(session, { mechanism }, first, second);
    } else {
      library.C_FindObjectsInit(session, first);
      const found = library.C_FindObjects(session, 16);
      library.C_FindObjectsFinal(session);
      for (const object of found) library.C_DestroyObject(session, object);
    }
  }
  library.C_Finalize();
}
