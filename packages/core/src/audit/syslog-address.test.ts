import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSyslogAddress } from './syslog-address.ts';

test('an address is a host, with or without a port, a socket, or this machine', () => {
  expect(parseSyslogAddress('')).toEqual({ kind: 'local' });
  expect(parseSyslogAddress('/run/log')).toEqual({ kind: 'socket', path: '/run/log' });
  const server = (host: string, port: number | null) => ({ kind: 'server', host, port });
  expect(parseSyslogAddress('log.example.org')).toEqual(server('log.example.org', null));
  expect(parseSyslogAddress('10.0.0.1:6514')).toEqual(server('10.0.0.1', 6514));
  expect(parseSyslogAddress('[::1]:514')).toEqual(server('::1', 514));
  expect(parseSyslogAddress('[fe80::1%eth0]')).toEqual(server('fe80::1%eth0', null));
});

test.each([
  'host:',
  'host:0',
  'host:65536',
  '::1',
  '-n',
  'a b',
  'a\nb',
  '[x]',
  'host:1:2',
  '--tcp',
])('an address is not %j', (text) => {
  expect(() => parseSyslogAddress(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('no address can be taken for an option', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const address = parseSyslogAddress(text);
        if (address.kind === 'server') expect(address.host).not.toMatch(/^-|\s/);
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'USAGE' });
      }
    }),
  );
});
