import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { LabError } from '../guest/lab-error.ts';

export interface ToolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs a program of the host that must succeed; resolves to what it wrote. */
export async function runTool(
  program: string,
  args: readonly string[],
  { signal, cwd, input = '' }: ToolOptions = {},
): Promise<Buffer> {
  const child = spawn(program, args, { signal, cwd, env: toolEnvironment() });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (it: Buffer) => stdout.push(it));
  child.stderr.on('data', (it: Buffer) => stderr.push(it));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return Buffer.concat(stdout);
  const said = Buffer.concat([...stdout.slice(-20), ...stderr]).toString();
  throw new LabError(
    `${program} ${args.join(' ')}: exit code ${code ?? 'none'}\n${said.slice(-2000)}`,
  );
}

/** Administration has its programs in places that not every user looks at. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const path = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
  return { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
}
