import { coreError } from '../errors.ts';

/** Where a syslog is: on this machine, at a socket of it, or at a server. */
export type SyslogAddress =
  | { readonly kind: 'local' }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'server'; readonly host: string; readonly port: number | null };

const HOST =
  /^(?:\[(?<v6>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|(?<name>[\w][\w.-]*))(?::(?<port>\d{1,5}))?$/;

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT` or the path of a socket; nothing is this machine’s own.
 *
 * @throws USAGE
 */
export function parseSyslogAddress(text: string): SyslogAddress {
  if (text === '') return { kind: 'local' };
  if (text.startsWith('/') && !text.includes('\0')) return { kind: 'socket', path: text };
  const { v6, name, port } = HOST.exec(text)?.groups ?? {};
  const host = v6 ?? name;
  const number = port === undefined ? null : Number(port);
  if (host === undefined || (number !== null && (number < 1 || number > 65535))) {
    throw coreError(
      'USAGE',
      `a syslog is given as HOST[:PORT] or the path of a socket, not ${text}`,
    );
  }
  return { kind: 'server', host, port: number };
}

export function syslogInWords(address: SyslogAddress): string {
  switch (address.kind) {
    case 'local':
      return 'syslog';
    case 'socket':
      return `syslog at ${address.path}`;
    case 'server':
      return `syslog at ${address.host}`;
  }
}
