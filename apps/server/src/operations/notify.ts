import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';

const run = promisify(execFile);

/**
 * Tells systemd how the service is doing, by sd_notify(3); elsewhere it does nothing. Node has no datagram sockets of
 * the file system, so systemd-notify(1) does it: the unit takes `NotifyAccess=all`.
 */
export async function notifySystemd(
  state: 'ready' | 'reloading' | 'stopping',
  status: string,
  { env, log }: { readonly env: NodeJS.ProcessEnv; readonly log: Logger },
): Promise<void> {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return;
  const words = { ready: '--ready', reloading: '--reloading', stopping: '--stopping' };
  try {
    await run(
      'systemd-notify',
      [words[state], `--status=${status}`, `--pid=${String(process.pid)}`],
      {
        timeout: 5000,
        env: { ...process.env, ...env },
      },
    );
  } catch (cause) {
    log.warn({ err: cause }, 'systemd could not be told');
  }
}
