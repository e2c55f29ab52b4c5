import { endianness } from 'node:os';

/** CK_ULONG as pkcs11js has it: a handle or a slot id. */
export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value: number | boolean | Buffer;
}

export type Mechanism =
  | { readonly mechanism: number }
  | {
      readonly mechanism: number;
      readonly parameter: {
        readonly type: number;
        readonly kdf: number;
        readonly publicData: Buffer;
      };
    }
  | {
      readonly mechanism: number;
      readonly parameter: {
        readonly type: number;
        readonly hashAlg: number;
        readonly mgf: number;
        readonly source: number;
        readonly sourceData?: Buffer;
      };
    };

const HANDLE_LENGTH = process.platform === 'win32' ? 4 : 8;
const LITTLE = endianness() === 'LE';
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;

/** A slot id from its decimal text; `null` when that is none. */
export function handleFromText(text: string): Handle | null {
  if (!DECIMAL.test(text)) return null;
  const number = BigInt(text);
  if (number >= 1n << BigInt(HANDLE_LENGTH * 8)) return null;
  const bytes = Buffer.alloc(8);
  if (LITTLE) bytes.writeBigUInt64LE(number);
  else bytes.writeBigUInt64BE(number);
  return LITTLE ? bytes.subarray(0, HANDLE_LENGTH) : bytes.subarray(8 - HANDLE_LENGTH);
}

export function handleToText(handle: Handle): string {
  return String(readUlong(handle) ?? 0n);
}

/** A CK_ULONG out of an attribute; `null` when the module gave something else. */
export function readUlong(bytes: Buffer): bigint | null {
  if (bytes.length !== HANDLE_LENGTH) return null;
  if (bytes.length === 4) return BigInt(LITTLE ? bytes.readUInt32LE() : bytes.readUInt32BE());
  return LITTLE ? bytes.readBigUInt64LE() : bytes.readBigUInt64BE();
}

/**
 * pkcs11js frees what it never filled in when an argument has the wrong type, and takes the process with it.
 * Nothing reaches it that these have not seen; the errors are mistakes of ours.
 */
export function checkHandle(handle: Handle): void {
  if (!Buffer.isBuffer(handle) || handle.length !== HANDLE_LENGTH) {
    throw new TypeError('not a handle');
  }
}

export function checkTemplate(template: readonly Attribute[]): void {
  for (const { type, value } of template) {
    checkNumber(type);
    if (typeof value === 'number') checkNumber(value);
    else if (typeof value !== 'boolean') checkBytes(value);
  }
}

export function checkOperation(mechanism: Mechanism, ...handles: readonly Handle[]): void {
  handles.forEach(checkHandle);
  checkNumber(mechanism.mechanism);
  if (!('parameter' in mechanism)) return;
  const { parameter } = mechanism;
  checkNumber(parameter.type);
  if ('kdf' in parameter) {
    checkNumber(parameter.kdf);
    checkBytes(parameter.publicData);
    return;
  }
  checkNumber(parameter.hashAlg);
  checkNumber(parameter.mgf);
  checkNumber(parameter.source);
  if (parameter.sourceData !== undefined) checkBytes(parameter.sourceData);
}

export function checkBytes(bytes: Buffer): void {
  if (!Buffer.isBuffer(bytes)) throw new TypeError('not a buffer');
}

export function checkNumber(number: number): void {
  if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) {
    throw new TypeError('not a CK_ULONG');
  }
}
