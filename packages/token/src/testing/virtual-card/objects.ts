import { createHash } from 'node:crypto';

import { encodeTlv } from './tlv.ts';

/** A key reference of PIV: authentication, signature (asks for the PIN at every use), key management. */
export type PivSlot = '9a' | '9c' | '9d';

/** Tags of the data objects with the certificates (SP 800-73-4 part 1, table 3). */
export const CERTIFICATE_TAGS: Readonly<Record<PivSlot, string>> = {
  '9a': '5fc105',
  '9c': '5fc10a',
  '9d': '5fc10b',
};
export const HOLDER_TAG = '5fc102';
export const CAPABILITY_TAG = '5fc107';
export const DISCOVERY_TAG = '7e';

const NONE = Buffer.alloc(0);
const ERROR_DETECTION = encodeTlv('fe');

export function certificateObject(certificate: Buffer): Buffer {
  return Buffer.concat([
    encodeTlv('70', certificate),
    encodeTlv('71', Buffer.of(0)),
    ERROR_DETECTION,
  ]);
}

/** The card holder unique identifier; the serial number of a PIV card is its GUID, 16 bytes. */
export function holderObject(guid: Buffer): Buffer {
  return Buffer.concat([
    // A FASC-N of agency 9999, which is none: such a card goes by its GUID.
    encodeTlv('30', Buffer.from('d4e739da739ced39ce739d836858210842108421c84210c3eb', 'hex')),
    encodeTlv('34', guid),
    encodeTlv('35', Buffer.from('20991231')),
    encodeTlv('3e'),
    ERROR_DETECTION,
  ]);
}

/** The card capability container: nothing but its own number. */
export function capabilityObject(guid: Buffer): Buffer {
  const number = createHash('sha256').update(guid).digest().subarray(0, 14);
  const fields: Record<string, Buffer> = { f4: Buffer.of(0), f5: Buffer.of(0x10) };
  return Buffer.concat([
    encodeTlv('f0', Buffer.from('a000000116ff02', 'hex'), number),
    encodeTlv('f1', Buffer.of(0x21)),
    encodeTlv('f2', Buffer.of(0x21)),
    ...['f3', 'f4', 'f5', 'f6', 'f7', 'fa', 'fb', 'fc', 'fd'].map((tag) =>
      encodeTlv(tag, fields[tag] ?? NONE),
    ),
    ERROR_DETECTION,
  ]);
}

/** The discovery object: the PIV application, and that its own PIN is the one to use. */
export function discoveryObject(): Buffer {
  return encodeTlv(
    DISCOVERY_TAG,
    encodeTlv('4f', Buffer.from('a000000308000010000100', 'hex')),
    encodeTlv('5f2f', Buffer.from('4000', 'hex')),
  );
}

/** The answer to selecting the application (SP 800-73-4 part 2, 3.1.1). */
export function applicationTemplate(): Buffer {
  return encodeTlv(
    '61',
    encodeTlv('4f', Buffer.from('000010000100', 'hex')),
    encodeTlv('79', encodeTlv('4f', Buffer.from('a000000308', 'hex'))),
  );
}
