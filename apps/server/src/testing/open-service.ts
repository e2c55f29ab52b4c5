import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openService, type OpenService } from '../open-service.ts';
import type { JobKind } from '../jobs/kind.ts';
import { makeLog } from '../operations/log.ts';
import { writeConfig } from './write-config.ts';

export interface TestService extends AsyncDisposable {
  readonly service: OpenService;
  readonly folder: string;
  /** Every line that was logged. */
  readonly logged: readonly string[];
}

export interface TestServiceOptions {
  /** Of the configuration, below `state`. `$DIR` is the folder. */
  readonly toml?: string | undefined;
  readonly kinds?: readonly JobKind[] | undefined;
  /** One that is there already, to begin anew with its state. */
  readonly folder?: string | undefined;
}

/** A real service in a folder of its own, its jobs begun, that nobody can call over HTTP. */
export async function openTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'holdfast-service-')));
  const config = await writeConfig(folder, options.toml ?? '');
  const logged: string[] = [];
  const write = (line: string): void => {
    logged.push(line);
  };
  const log = makeLog('debug', { write });
  await using resources = new AsyncDisposableStack();
  const service = resources.use(await openService({ config, log, kinds: options.kinds }));
  resources.defer(async () => {
    service.beginToStop();
    await service.jobs.stop(0);
  });
  await service.jobs.start();
  const held = resources.move();
  return {
    ...{ service, folder, logged },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
