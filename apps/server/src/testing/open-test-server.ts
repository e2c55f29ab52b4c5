import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@holdfast/api';
import { makeLog } from '../operations/log.ts';
import type { JobKind } from '../jobs/kind.ts';
import { openServer, type OpenServer } from '../serve.ts';
import { writeConfig } from './write-config.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly server: OpenServer;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** Makes a request; JSON is sent as that. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Follows a job to its end. */
  ended(answer: Answer): Promise<Job>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of the body, as JSON. */
  readonly json: Record<string, unknown>;
}

export interface TestServerOptions {
  /** Of the configuration, below `state`. `$DIR` is the folder. */
  readonly toml?: string | undefined;
  readonly kinds?: readonly JobKind[] | undefined;
  readonly insecureLoopback?: boolean | undefined;
  /** One that is there already, to begin anew with its state. */
  readonly folder?: string | undefined;
  readonly consoleFolder?: string | undefined;
}

/** A real server in a folder of its own, on a free port of this machine. Its answers are held to the contract. */
export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'holdfast-server-')));
  const config = await writeConfig(folder, options.toml ?? '');
  const logged: string[] = [];
  const log = makeLog('debug', {
    write: (line: string) => {
      logged.push(line);
    },
  });
  await using resources = new AsyncDisposableStack();
  const settings = {
    ...{ config, log, listen: '127.0.0.1:0', env: {}, checkAnswers: true },
    insecureLoopback: options.insecureLoopback ?? true,
    kinds: options.kinds,
    consoleFolder: options.consoleFolder,
  };
  const server = resources.use(await openServer(settings));
  const url = `http://${server.address}`;
  const call: TestServer['call'] = async (method, path, body, headers = {}) => {
    const isBytes = body instanceof Uint8Array;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && {
          'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        }),
        ...headers,
      },
      ...(body !== undefined && { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    const isJson = (answer.headers.get('content-type') ?? '').endsWith('json');
    const json = (isJson && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: answer.status, headers: answer.headers, text, json };
  };
  const held = resources.move();
  return {
    ...{ url, folder, server, logged, call },
    async ended(answer) {
      const id = String(answer.json['id']);
      const events = await call('GET', `/v1/jobs/${id}/events`);
      if (events.status !== 200) throw new Error(`no events: ${answer.text}`);
      return (await call('GET', `/v1/jobs/${id}`)).json as unknown as Job;
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
