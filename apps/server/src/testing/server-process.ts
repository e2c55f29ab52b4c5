import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PROGRAM = new URL('../holdfast-server.ts', import.meta.url).pathname;

/** The program itself, in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Every line that it logged. */
  readonly logged: readonly string[];
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Resolves when it is ready. Its configuration is at this path. */
export async function openServerProcess(config: string): Promise<ServerProcess> {
  const args = [PROGRAM, '--config', config, '--listen', '127.0.0.1:0', '--insecure-loopback'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const logged: string[] = [];
  const address = await ready(child, logged);
  const kill = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    ...{ url: `http://${address}`, logged, kill },
    [Symbol.asyncDispose]: async () => {
      await kill('SIGKILL');
    },
  };
}

async function ready(child: ChildProcess, logged: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    if (child.stdout === null) throw new TypeError('it has no output');
    createInterface(child.stdout).on('line', (line) => {
      logged.push(line);
      const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
      if (msg === 'ready' && address !== undefined) resolve(address);
    });
    child.once('exit', (code) => {
      reject(new Error(`it ended with ${String(code)}: ${logged.join('\n')}`));
    });
  });
}
