import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validateWorkflow } from '@action-validator/core';
import { CronJob } from 'kubernetes-models/batch/v1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openServerProcess, type ServerProcess } from '@holdfast/server/testing';
import { openHome, type Home } from './holdfast.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let home: Home;
let server: ServerProcess;
let blocks: Readonly<Record<'sh' | 'ini' | 'yaml', string[]>>;
let folder = '';

beforeAll(async () => {
  const text = await readFile(join(ROOT, 'docs/orchestration.md'), 'utf8');
  const of = (kind: string): string[] =>
    [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'gms'))].map(
      ([, block = '']) => block,
    );
  blocks = { sh: of('sh'), ini: of('ini'), yaml: of('yaml') };
  folder = await mkdtemp(join(tmpdir(), 'holdfast-orchestration-'));
  await mkdir(join(folder, 'nas'));
  await writeFile(join(folder, 'live.json'), 'the secret of an app');
  await writeFile(
    join(folder, 'config.toml'),
    `state = "${folder}/state"
[backup]
envelopes = ["recipient(${RECIPIENT})"]
[folders.nas]
path = "${folder}/nas"
[secrets.app]
source = "${folder}/live.json"
`,
  );
  server = await openServerProcess(join(folder, 'config.toml'));
  home = await openHome({ HOLDFAST_URL: server.url });
  for (const [name, role] of [
    ['token', 'operator'],
    ['admin-token', 'administrator'],
  ] as const) {
    const answer = await fetch(`${server.url}/v1/access`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, role }),
    });
    const { token } = (await answer.json()) as { token: string };
    await writeFile(home.path(name), `${token}\n`, { mode: 0o600 });
  }
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function copies(): Promise<number> {
  const { rows } = (await (await fetch(`${server.url}/v1/copies?present=true`)).json()) as {
    rows: [];
  };
  return rows.length;
}

test('every command works as written, in its order', { timeout: 60_000 }, async () => {
  expect(blocks.sh.length).toBeGreaterThan(3);
  for (const block of blocks.sh) await home.sh(`set -eu\n${block}`);
  expect(await copies()).toBe(2);
});

test('systemd takes the units', async () => {
  const units = await mkdtemp(join(tmpdir(), 'holdfast-units-'));
  const [service = '', timer = ''] = blocks.ini;
  const program = /^ExecStart=\S+/m;
  expect(service).toMatch(program);
  await writeFile(
    join(units, 'holdfast-backup.service'),
    service.replace(program, 'ExecStart=/bin/true'),
  );
  await writeFile(join(units, 'holdfast-backup.timer'), timer);
  const verify = ['verify', 'holdfast-backup.service', 'holdfast-backup.timer'];
  const { stderr } = await run('systemd-analyze', verify, { cwd: units });
  expect(stderr).toBe('');
});

test('the line of the unit is one that the command line takes', { timeout: 60_000 }, async () => {
  const [, line = ''] = /^ExecStart=\/usr\/bin\/(.*)$/m.exec(blocks.ini[0] ?? '') ?? [];
  const here = line.replace(/https:\S+/, '"$HOLDFAST_URL"').replace(/ --policy \S+/, '');
  await home.sh(`mkdir -p creds && cp token creds/holdfast.access-token`);
  await home.sh(`CREDENTIALS_DIRECTORY="$PWD/creds" ${here} --envelope 'recipient(${RECIPIENT})'`);
});

test(
  'Kubernetes takes the manifest, and its script does what it says',
  { timeout: 60_000 },
  async () => {
    const manifest = parse(blocks.yaml[0] ?? '') as ConstructorParameters<typeof CronJob>[0];
    expect(() => {
      new CronJob(manifest).validate();
    }).not.toThrow();
    const { spec } = parse(blocks.yaml[0] ?? '') as ScriptedCronJob;
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    const script = container?.args[0] ?? '';
    const before = await copies();
    await home.sh(
      `set -eu\nHOSTNAME=pod-1\n${script.replace('/run/secrets/holdfast/token', 'token')}`,
    );
    expect(await copies()).toBe(before + 1);
  },
);

test('Ansible runs the play', { timeout: 120_000 }, async () => {
  const before = await copies();
  await writeFile(home.path('play.yml'), blocks.yaml[1] ?? '');
  await home.sh('ansible-playbook -i localhost, -c local play.yml');
  expect(await copies()).toBe(before + 1);
});

test('GitHub takes the workflow, and its step does what it says', { timeout: 60_000 }, async () => {
  const text = blocks.yaml[2] ?? '';
  expect(validateWorkflow(text).errors).toEqual([]);
  const workflow = parse(text) as { jobs: { backup: { steps: { run: string }[] } } };
  const script = workflow.jobs.backup.steps[0]?.run ?? '';
  const before = await copies();
  await home.sh(
    `set -eu\nHOLDFAST_TOKEN=$(cat token) GITHUB_RUN_ID=1 GITHUB_RUN_ATTEMPT=1\n${script}`,
  );
  expect(await copies()).toBe(before + 1);
});

/** Of a CronJob, where its script is. */
interface ScriptedCronJob {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
        };
      };
    };
  };
}
