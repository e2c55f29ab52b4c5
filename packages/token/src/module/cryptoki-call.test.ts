import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkHandle,
  checkOperation,
  checkTemplate,
  handleFromText,
  handleToText,
  readUlong,
  type Attribute,
  type Mechanism,
} from './cryptoki-call.ts';

describe('a slot id', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
        expect(handleToText(handleFromText(String(id))!)).toBe(String(id));
      }),
    );
  });

  it('is decimal, and no larger than the module’s', () => {
    for (const text of ['', '-1', '01', '1.0', '0x1', ' 1', String(2n ** 64n), '9'.repeat(30)]) {
      expect(handleFromText(text)).toBeNull();
    }
  });

  it('is not read from bytes of another length', () => {
    expect(readUlong(Buffer.alloc(3))).toBeNull();
    expect(readUlong(Buffer.alloc(9))).toBeNull();
  });
});

/** Each of these would abort the process inside pkcs11js. */
describe('what would break pkcs11js', () => {
  it.each([
    {},
    [],
    null,
    undefined,
    'text',
    new Uint8Array(8),
    new DataView(new ArrayBuffer(8)),
    -1,
    1.5,
    2 ** 32,
    NaN,
  ])('does not reach it as a value: %o', (value) => {
    const template = [{ type: 1, value }] as unknown as Attribute[];
    expect(() => checkTemplate(template)).toThrow(TypeError);
  });

  it('does not reach it as a handle', () => {
    for (const handle of [Buffer.alloc(7), new Uint8Array(8), null, 1]) {
      expect(() => checkHandle(handle as Buffer)).toThrow(TypeError);
    }
  });

  it('does not reach it as a mechanism', () => {
    const key = Buffer.alloc(8);
    for (const mechanism of [
      { mechanism: '1' },
      { mechanism: 1, parameter: { type: 6, kdf: 1 } },
      { mechanism: 1, parameter: { type: 6, kdf: 1, publicData: new Uint8Array(65) } },
      { mechanism: 1, parameter: { type: 4, hashAlg: 1, mgf: 1 } },
      { mechanism: 1, parameter: { type: 4, hashAlg: 1, mgf: 1, source: 1, sourceData: 'x' } },
    ]) {
      expect(() => checkOperation(mechanism as Mechanism, key)).toThrow(TypeError);
    }
  });
});
