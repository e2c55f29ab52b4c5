import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';

import { Agent, type CommandOptions, type CommandResult } from './agent.ts';
import { LabError } from './lab-error.ts';
import { machine, runFolder, type MachineParts } from './machine.ts';
import { connected } from './connected.ts';
import { Qmp } from './qmp.ts';
import { within } from './within.ts';

/** Where the guest has the repository. */
export const REPOSITORY_IN_GUEST = '/repository';

export interface GuestOptions {
  readonly parts: MachineParts;
  /** A RAM snapshot of the same machine to go on from, instead of booting. */
  readonly snapshot?: string | undefined;
  /** Ends the guest when aborted, at any time; everything that waits for it then throws. */
  readonly signal?: AbortSignal | undefined;
}

const BOOT_WITHIN = 240_000;

/** A running virtual machine. Disposing it ends it; so does the end of this process, however it ends. */
export class Guest implements AsyncDisposable {
  readonly folder: string;
  readonly qmp: Qmp;
  readonly #agent: Agent;
  readonly #process: ChildProcess;
  readonly #sockets: readonly Socket[];

  private constructor(folder: string, process: ChildProcess, sockets: readonly [Socket, Socket]) {
    this.folder = folder;
    this.#process = process;
    this.#sockets = sockets;
    this.qmp = new Qmp(sockets[0]);
    this.#agent = new Agent(sockets[1]);
  }

  /** Starts a guest and waits until it takes commands. */
  static async open({ parts, snapshot, signal }: GuestOptions): Promise<Guest> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    const run = runFolder(folder);
    const incoming = snapshot === undefined ? [] : ['-incoming', `exec:cat '${snapshot}'`];
    // setpriv becomes QEMU, under the same id: the kernel kills it when this process is no more.
    const process = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machine(parts, run), ...incoming],
      { stdio: ['ignore', 'ignore', 'pipe'], signal, killSignal: 'SIGKILL' },
    );
    const complaint = text(process);
    const ended = new AbortController();
    process.on('error', () => ended.abort());
    process.on('exit', () => ended.abort());
    const sockets: Socket[] = [];
    try {
      const either = AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal])]);
      const qmp = await connected(run.qmp, either);
      sockets.push(qmp);
      const agent = await connected(run.agent, either);
      sockets.push(agent);
      const guest = new Guest(folder, process, [qmp, agent]);
      await guest.#start(snapshot !== undefined, signal);
      return guest;
    } catch (error) {
      await end(process, sockets, folder);
      throw new LabError(`the guest did not start: ${(await complaint).trim() || String(error)}`, {
        cause: error,
      });
    }
  }

  async #start(restored: boolean, signal: AbortSignal | undefined): Promise<void> {
    await this.qmp.start();
    if (restored) await this.#resume(signal);
    await this.#agent.ready(BOOT_WITHIN, signal);
    if (!restored) return;
    // It wakes up in the past, and every clone of it with the same random numbers.
    await this.check(
      `date -s @${(Date.now() / 1000).toFixed(3)} && dd if=/dev/hwrng of=/dev/urandom bs=64 count=1`,
    );
  }

  async #resume(signal: AbortSignal | undefined): Promise<void> {
    await within('restore', { milliseconds: 60_000, signal }, async (stop) => {
      for (;;) {
        stop.throwIfAborted();
        const { running, status } = await this.qmp.do<{ running: boolean; status: string }>(
          'query-status',
        );
        if (running) return;
        if (status === 'inmigrate') await sleep(20);
        else await this.qmp.do('cont');
      }
    });
  }

  /** Runs a shell command as root, whatever comes of it. */
  async run(command: string, options?: CommandOptions): Promise<CommandResult> {
    return await this.#agent.run(command, options);
  }

  /** Runs a shell command that must succeed; resolves to what it wrote. */
  async check(command: string, options?: CommandOptions): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code === 0) return stdout;
    throw new LabError(`exit code ${code ?? 'none'} of ${command}\n${stdout}${stderr}`);
  }

  /** Asks again and again until a command succeeds: for what the guest notices in its own time. */
  async until(command: string, options: CommandOptions = {}): Promise<string> {
    const limit = { milliseconds: options.milliseconds ?? 30_000, signal: options.signal };
    return await within(`until ${command}`, limit, async (signal) => {
      for (;;) {
        const { code, stdout } = await this.run(command, { ...options, signal });
        if (code === 0) return stdout;
        // Who asks without a pause keeps the guest from what it is asked for.
        await sleep(100);
      }
    });
  }

  /** Mounts the repository, read-only, at {@link REPOSITORY_IN_GUEST}. */
  async mountRepository(): Promise<void> {
    await this.check(
      `mkdir -p ${REPOSITORY_IN_GUEST} && mount -t 9p -o ` +
        `ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose repository ${REPOSITORY_IN_GUEST}`,
    );
  }

  /** What the kernel said on its console. */
  async console(): Promise<string> {
    return await readFile(runFolder(this.folder).console, 'utf8');
  }

  /** Ends QEMU in order, with all that the guest has written. */
  async quit(): Promise<void> {
    const exit = once(this.#process, 'exit');
    await this.qmp.do('quit');
    await exit;
  }

  /** Power cut: nothing is flushed, nothing is told. */
  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#process, this.#sockets, this.folder);
  }
}

async function text(process: ChildProcess): Promise<string> {
  let all = '';
  process.stderr?.setEncoding('utf8').on('data', (it: string) => (all += it));
  await once(process, 'close').catch(() => undefined);
  return all;
}

async function end(
  process: ChildProcess,
  sockets: readonly Socket[],
  folder: string,
): Promise<void> {
  if (process.pid !== undefined && process.exitCode === null && process.signalCode === null) {
    const exit = once(process, 'exit');
    process.kill('SIGKILL');
    await exit;
  }
  for (const it of sockets) it.destroy();
  await rm(folder, { recursive: true, force: true });
}
