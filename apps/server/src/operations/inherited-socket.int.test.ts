import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { makeAuthority } from '../testing/certificates.ts';
import { writeConfig } from '../testing/write-config.ts';

const PROGRAM = new URL('../holdfast-server.ts', import.meta.url).pathname;

test('a socket that systemd listens on is taken over, and the first request waits for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-socket-'));
  const authority = await makeAuthority();
  const { certificate, key } = await authority.issue('server');
  await writeConfig(folder, `[server.tls]\ncertificate = "${certificate}"\nkey = "${key}"\n`);
  const address = `127.0.0.1:${String(await freePort())}`;
  const program = [process.execPath, PROGRAM, '--config', join(folder, 'config.toml')];
  const child = spawn('systemd-socket-activate', ['-l', address, ...program], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const agent = new Agent({ connect: { ca: await readFile(authority.ca) } });
  try {
    const health = `https://${address}/healthz`;
    const ask = async () => await request(health, { dispatcher: agent });
    // Until systemd’s program listens there is nobody.
    const answer = await ask().catch(async () => await after(500).then(ask));
    expect(answer.statusCode).toBe(200);
    expect(await answer.body.json()).toEqual({ alive: true });
  } finally {
    await agent.close();
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
