import { spawn } from 'node:child_process';
import { throwIfCancelled } from '@holdfast/age';
import { coreError } from '../errors.ts';
import { isGone } from '../targets/write-all.ts';
import { gathered, type AuditSink } from './audit-sink.ts';
import { syslogInWords, type SyslogAddress } from './syslog-address.ts';

export interface SyslogOptions {
  readonly address: SyslogAddress;
  /** To a server; without a connection, nobody knows what arrived. */
  readonly protocol: 'udp' | 'tcp';
  readonly signal?: AbortSignal | undefined;
}

/** A datagram holds no more, with room for its header; elsewhere it is logger's own buffer. */
const LARGEST_DATAGRAM = 60_000;
const LARGEST = 256 * 1024;
/** What logger said last is enough to tell what went wrong. */
const MOST_WORDS = 4096;

/**
 * Syslog, one message a line, through logger(1) of util-linux: facility authpriv, tag holdfast; to a server as RFC
 * 5424. Nothing is in its arguments but where to.
 *
 * @throws EXPORT_FAILED, CANCELLED
 */
export function openSyslogSink({ address, protocol, signal }: SyslogOptions): AuditSink {
  throwIfCancelled(signal);
  const where = syslogInWords(address);
  const largest = address.kind !== 'local' && protocol === 'tcp' ? LARGEST : LARGEST_DATAGRAM;
  const child = spawn('logger', argumentsFor(address, protocol, largest), {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const kill = (): void => {
    child.kill('SIGTERM');
  };
  signal?.addEventListener('abort', kill, { once: true });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  const ended = new Promise<Error | null>((resolve) => {
    child.once('error', (cause) => {
      resolve(failed(where, 'logger cannot be started', cause));
    });
    child.once('close', (status) => {
      const [said = ''] = words.trim().split('\n').slice(-1);
      // It also ends well when single messages were not sent, and only says so.
      if (status === 0 && said === '') resolve(null);
      else
        resolve(
          failed(where, said.replace(/^logger: /, '') || `logger ended with ${String(status)}`),
        );
    });
  });
  // Unheard, it would end the program; the write tells of it.
  child.stdin.on('error', () => undefined);
  const lines = gathered(async (text) => {
    throwIfCancelled(signal);
    const cause = await new Promise<Error | null | undefined>((resolve) => {
      child.stdin.write(text, resolve);
    });
    if (!cause) return;
    throwIfCancelled(signal);
    const why = await ended;
    throw why ?? (isGone(cause) ? failed(where, 'logger did not take everything', cause) : cause);
  });
  return {
    where,
    async write(line) {
      if (Buffer.byteLength(line) >= largest) {
        throw failed(where, 'an entry is larger than one message may be');
      }
      await lines.write(line);
    },
    async finish() {
      await lines.flush();
      child.stdin.end();
      const failure = await ended;
      throwIfCancelled(signal);
      if (failure !== null) throw failure;
    },
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', kill);
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) kill();
      await ended;
    },
  };
}

function argumentsFor(
  address: SyslogAddress,
  protocol: SyslogOptions['protocol'],
  size: number,
): string[] {
  const all = ['--tag', 'holdfast', '--priority', 'authpriv.info', '--size', String(size)];
  switch (address.kind) {
    // What listens there reads its own short form, and would take a header of RFC 5424 for a part of the message.
    case 'local':
      return [...all, '--socket-errors=on'];
    case 'socket':
      return [...all, '--rfc5424', '--socket-errors=on', '--socket', address.path];
    case 'server':
      return [
        ...all,
        ...['--rfc5424', `--${protocol}`, '--server', address.host],
        ...(address.port === null ? [] : ['--port', String(address.port)]),
      ];
  }
}

function failed(where: string, why: string, cause?: unknown): Error {
  return coreError('EXPORT_FAILED', `${where} did not take the audit log: ${why}`, { cause });
}
