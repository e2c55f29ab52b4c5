// The agent in the guest: runs what the host asks for, any number of commands at a time.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { openSync, read, writeSync } from 'node:fs';

import type { Reply, Request } from '../../guest/agent-protocol.ts';

const port = openSync('/dev/virtio-ports/lab', 'r+');
const running = new Map<number, ChildProcessWithoutNullStreams>();

function say(reply: Reply): void {
  const bytes = Buffer.from(`${JSON.stringify(reply)}\n`);
  for (let at = 0; at < bytes.length; at += writeSync(port, bytes, at));
}

function run(id: number, command: string): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true });
  running.set(id, child);
  child.stdout.on('data', (bytes: Buffer) => say({ id, out: bytes.toString('base64') }));
  child.stderr.on('data', (bytes: Buffer) => say({ id, err: bytes.toString('base64') }));
  child.stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  child.on('close', (code, signal) => {
    running.delete(id);
    say({ id, code, signal });
  });
}

function take(request: Request): void {
  if ('hello' in request) say({ ready: true });
  else if ('command' in request) run(request.id, request.command);
  else {
    const child = running.get(request.id);
    if ('kill' in request) kill(child?.pid);
    else if (request.input === null) child?.stdin.end();
    else child?.stdin.write(Buffer.from(request.input, 'base64'));
  }
}

function kill(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

let rest = '';
const buffer = Buffer.alloc(65_536);
function listen(): void {
  read(port, buffer, 0, buffer.length, null, (error, length) => {
    if (error !== null) throw error;
    const lines = (rest + buffer.toString('latin1', 0, length)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(Buffer.from(line, 'latin1').toString()) as Request);
    // Nothing at all means that the host is not connected.
    setTimeout(listen, length === 0 ? 50 : 0);
  });
}

say({ ready: true });
listen();
