import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Client } from '@holdfast/api/client';
import { openServerProcess, type ServerProcess } from '@holdfast/server/testing';

export const PASSWORD = 'correct horse battery staple 9';

/** A real service with two folders for media, secrets and policies. */
export interface Stage extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly folder: string;
  readonly client: Client;
  /** Waits for the end of a job. */
  ended(id: string): Promise<string>;
}

const TOML = `
state = "$DIR/state"
[folders.vault]
path = "$DIR/vault"
[folders.safe]
path = "$DIR/safe"
[targets.app]
file = "$DIR/restored.json"
[secrets."gitlab-secrets.json"]
source = "$DIR/live.json"
policy = "two-copies"
[secrets."sso-master"]
source = "$DIR/sso.key"
policy = "two-people"
[policies.two-copies]
envelopes = ["password"]
copies = 2
drill-every = "90d"
independent-recovery = false
[policies.two-people]
envelopes = ["password", "quorum(2, alice, bob, carol)"]
copies = 1
drill-every = "180d"
`;

export async function openStage(more = ''): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-console-'));
  for (const name of ['vault', 'safe']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'live.json'), '{"db_key_base":"a secret of some length"}');
  await writeFile(join(folder, 'sso.key'), 'the master secret of the single sign-on');
  const config = join(folder, 'config.toml');
  await writeFile(config, `${TOML}${more}`.replaceAll('$DIR', folder));
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await openServerProcess(config));
  const client = connect({ url: server.url });
  const held = resources.move();
  return {
    ...{ server, folder, client },
    async ended(id) {
      for await (const _ of client.events('followJob', { params: { id } })) continue;
      return (await client.call('showJob', { params: { id } })).state;
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
