import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';
import { matches, parseTranscript } from './testing/transcript.ts';

const FOLDER = fileURLToPath(new URL('../transcripts/', import.meta.url));

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

/** Runs a line in a shell of a session of its own, so that there is no terminal to ask on. */
async function shell(command: string, { folder, env }: Sandbox): Promise<Outcome> {
  const child = spawn('/bin/bash', ['-c', command], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    stream.setEncoding('utf8');
    for await (const part of stream) text += String(part);
    return text;
  };
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, exit] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
  return { stdout, stderr, exit };
}

/** At most two at once: each password costs a good part of a second and 256 MiB. */
const gates = [Promise.resolve(), Promise.resolve()];
let next = 0;

async function play(name: string): Promise<void> {
  const { steps, files } = parseTranscript(await readFile(join(FOLDER, name), 'utf8'));
  await using sandbox = await openSandbox(files);
  for (const step of steps) {
    const outcome = await shell(step.command, sandbox);
    const told = `${name}:${String(step.line)}: ${step.command}\n${outcome.stdout}${outcome.stderr}`;
    expect(outcome.exit, told).toBe(step.exit);
    if (!matches(step.stdout, outcome.stdout))
      expect(outcome.stdout, told).toBe(step.stdout.join('\n'));
    if (!matches(step.stderr, outcome.stderr))
      expect(outcome.stderr, told).toBe(step.stderr.join('\n'));
  }
}

const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.txt'));

describe.concurrent('the program does what its transcripts say', () => {
  test.each(names)('%s', { timeout: 900_000 }, async (name) => {
    const lane = next % gates.length;
    next += 1;
    const before = gates[lane] ?? Promise.resolve();
    const playing = before.then(async () => await play(name));
    gates[lane] = playing.catch(() => undefined);
    await playing;
  });
});
