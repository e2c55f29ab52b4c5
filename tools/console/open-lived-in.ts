import { openSoftHsm } from '@holdfast/core/testing';
import { openConsole, type OpenConsole } from './open-console.ts';
import { PASSWORD, type Stage } from './open-stage.ts';

/** A console with something on every page. */
export interface LivedIn extends OpenConsole {
  /** Of every page. */
  readonly paths: readonly string[];
}

const LISTS = [
  ...['/', '/secrets', '/backups', '/drills', '/media', '/tokens', '/custodians', '/quorums'],
  ...['/policies', '/schedules', '/jobs', '/audit', '/settings', '/back-up', '/restore'],
  ...['/verify', '/drill', '/envelopes', '/nothing-here'],
];
const PIN = '271828';
const SECRET = 'gitlab-secrets.json';

export async function openLivedIn(): Promise<LivedIn> {
  await using resources = new AsyncDisposableStack();
  const hsm = resources.use(await openSoftHsm());
  await hsm.addKey(await hsm.addToken('backup', PIN), { label: 'kek', id: '01', kind: 'p256' });
  // The service inherits it, and its module processes do from it.
  process.env['SOFTHSM2_CONF'] = hsm.environment.SOFTHSM2_CONF;
  resources.defer(() => {
    delete process.env['SOFTHSM2_CONF'];
  });
  const config = `\n[[modules]]\npath = "${hsm.module}"\n[server]\nfour-eyes = ["import"]\n`;
  const console = resources.use(await openConsole(config));
  const paths = [...LISTS, ...(await liveIn(console.stage))];
  const held = resources.move();
  return {
    ...{ ...console, paths },
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

/** Does a little of everything; resolves to the pages of what came of it. */
async function liveIn(stage: Stage): Promise<string[]> {
  const { client } = stage;
  for (const name of ['alice', 'bob', 'carol']) {
    await client.call('addCustodian', { body: { name, factors: 'password' } });
  }
  await client.call('handPin', { body: { token: 'pkcs11:token=backup', pin: PIN } });
  const body = { uri: 'pkcs11:token=backup;object=kek', replace: false };
  const enrolled = await client.call('enrollToken', { params: { alias: 'backup-hsm' }, body });
  await stage.ended(enrolled.id);
  const to = ['folder:vault', 'folder:safe'];
  const made = await client.call('createBackup', {
    body: { secret: SECRET, to, password: PASSWORD },
  });
  await stage.ended(made.id);
  const custodianPasswords = {
    ...{ alice: 'alice has her own long password 1', bob: 'bob has his own long password 22' },
    carol: 'carol has her own long password 3',
  };
  const shared = await client.call('createBackup', {
    body: { secret: 'sso-master', to: ['folder:safe'], password: PASSWORD, custodianPasswords },
  });
  await stage.ended(shared.id);
  const { rows } = await client.call('listBackups', { query: {} });
  const [id = '', ofQuorum = ''] = [SECRET, 'sso-master'].map(
    (name) => rows.find(({ secret }) => secret === name)?.id,
  );
  const drill = await client.call('createDrill', {
    body: { backup: id, live: true, password: PASSWORD },
  });
  await stage.ended(drill.id);
  const drills = await client.call('listDrills', { query: {} });
  const failed = await client.call('verifyBackup', {
    ...{ params: { id }, body: { with: 'everything', password: 'wrong' } },
  });
  await stage.ended(failed.id);
  const waiting = await client.call('importSecret', {
    ...{ params: { name: 'vault-unseal' }, bytes: Buffer.from('its value') },
  });
  await client.call('putSchedule', {
    params: { name: 'weekly' },
    body: { what: 'verify', cron: '0 4 * * 0', zone: 'Europe/Vienna', request: { secret: SECRET } },
  });
  await client.call('createAccess', { body: { name: 'monitoring', role: 'auditor' } });
  const session = await client.call('beginQuorum', {
    body: { backup: ofQuorum, to: { target: 'app' } },
  });
  return [
    ...[`/secrets/${SECRET}`, `/backups/${id}`, `/drills/${drills.rows[0]?.id ?? ''}`],
    ...[`/jobs/${made.id}`, `/jobs/${failed.id}`, `/jobs/${waiting.id}`],
    ...[`/quorums/${session.session.id}`, `/back-up?secret=${SECRET}`, `/verify?backup=${id}`],
    ...[`/restore?backup=${ofQuorum}`, `/drill?backup=${id}`, `/envelopes?backup=${id}`],
  ];
}
