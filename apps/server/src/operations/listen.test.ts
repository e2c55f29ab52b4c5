import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertMayListen, placeOf, type Place } from './listen.ts';

const REFUSED = expect.objectContaining({ code: 'LISTEN_REFUSED' }) as unknown;

const port = fc.integer({ min: 0, max: 65_535 });
const hosts = fc.oneof(
  fc.ipV4().map((host) => ({ host, written: host })),
  fc.ipV6().map((host) => ({ host, written: `[${host}]` })),
  fc.domain().map((host) => ({ host, written: host })),
);

test('an address is read as it was written', () => {
  fc.assert(
    fc.property(hosts, port, ({ host, written }, number) => {
      const place = placeOf(`${written}:${String(number)}`, {});
      expect(place).toEqual({ kind: 'address', host, port: number });
    }),
  );
});

test.each(['', '8443', ':8443', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:8443', '[::1]'])(
  '%j is no address',
  (text) => {
    expect(() => placeOf(text, {})).toThrow(REFUSED);
  },
);

test('any text is an address, or refused with the code for that', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        placeOf(text, {});
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'LISTEN_REFUSED' });
      }
    }),
  );
});

test('nowhere to listen is refused', () => {
  expect(() => placeOf(null, {})).toThrow(REFUSED);
});

test('what systemd handed to this very program goes before any address', () => {
  const LISTEN_PID = String(process.pid);
  const inherited = { kind: 'inherited', fd: 3 };
  expect(placeOf('127.0.0.1:1', { LISTEN_FDS: '1', LISTEN_PID })).toEqual(inherited);
  expect(placeOf('127.0.0.1:1', { LISTEN_FDS: '1', LISTEN_PID: '1' })).toMatchObject({ port: 1 });
  expect(() => placeOf(null, { LISTEN_FDS: '2', LISTEN_PID })).toThrow(REFUSED);
});

const HERE: Place = { kind: 'address', host: '127.0.0.1', port: 1 };
const NAMED: Place = { kind: 'address', host: 'localhost', port: 1 };
const SIX: Place = { kind: 'address', host: '::1', port: 1 };
const ALL: Place = { kind: 'address', host: '0.0.0.0', port: 1 };
const ALL_SIX: Place = { kind: 'address', host: '::', port: 1 };
const INHERITED: Place = { kind: 'inherited', fd: 3 };

test.each([
  [HERE, true, false, true],
  [HERE, true, true, true],
  [HERE, false, true, true],
  [HERE, false, false, false],
  [NAMED, false, true, true],
  [SIX, false, true, true],
  [ALL, true, false, true],
  [ALL, true, true, false],
  [ALL, false, true, false],
  [ALL, false, false, false],
  [ALL_SIX, false, true, false],
  [INHERITED, true, false, true],
  [INHERITED, false, false, false],
  [INHERITED, false, true, false],
])('listening at %j with TLS %s, insecurely %s: %s', (place, hasTls, insecureLoopback, may) => {
  const asserting = (): void => {
    assertMayListen(place, { hasTls, insecureLoopback });
  };
  if (may) expect(asserting).not.toThrow();
  else expect(asserting).toThrow(REFUSED);
});
