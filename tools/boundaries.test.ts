import { execFile } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const BOUNDARIES = '@nx/enforce-module-boundaries';

/** The rules that each file of the workspace breaks. */
type Findings = Record<string, string[]>;

/**
 * A workspace with this one's projects, tags and rules, but with next to no code: what is planted
 * there cannot disturb whoever works or tests in the real tree.
 */
class PlantedWorkspace implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-boundaries-'));

  constructor() {
    for (const name of [
      'package.json',
      'package-lock.json',
      'nx.json',
      'eslint.config.js',
      'tsconfig.base.json',
    ]) {
      cpSync(join(ROOT, name), join(this.folder, name));
    }
    cpSync(join(ROOT, 'tools/lint'), join(this.folder, 'tools/lint'), { recursive: true });
    this.#linkModules();
    for (const manifest of globSync(['{packages,apps}/*/package.json', 'tools/package.json'], {
      cwd: ROOT,
    })) {
      const project = dirname(manifest);
      mkdirSync(join(this.folder, project), { recursive: true });
      for (const name of ['package.json', 'tsconfig.json']) {
        cpSync(join(ROOT, project, name), join(this.folder, project, name));
      }
      this.plant(`${project}/src/index.ts`, `export const project = '${project}';\n`);
    }
  }

  /** Everything installed is taken from the real tree, except our own packages. */
  #linkModules(): void {
    const installed = join(ROOT, 'node_modules');
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, '@holdfast'), { recursive: true });
    for (const name of readdirSync(installed)) {
      if (name !== '@holdfast' && name !== '.cache') {
        symlinkSync(join(installed, name), join(modules, name));
      }
    }
    for (const [name, home] of [
      ['age', 'packages/age'],
      ['token', 'packages/token'],
      ['media', 'packages/media'],
      ['catalog', 'packages/catalog'],
      ['core', 'packages/core'],
      ['api', 'packages/api'],
      ['cli', 'apps/cli'],
      ['server', 'apps/server'],
    ] as const) {
      symlinkSync(join(this.folder, home), join(modules, '@holdfast', name));
    }
  }

  plant(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  async lint(): Promise<{ failed: boolean; findings: Findings; output: string }> {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(NX_|npm_|VITEST|FORCE_COLOR)/.test(name)),
    );
    const command = ['node_modules/.bin/nx', 'run-many', '-t', 'lint', '--output-style=static'];
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        command,
        {
          cwd: this.folder,
          env: {
            ...env,
            PATH: `${join(ROOT, 'node_modules/.bin')}:${env['PATH'] ?? ''}`,
            NX_DAEMON: 'false',
            CI: 'true',
          },
        },
        (error, stdout, stderr) => {
          const output = stripVTControlCharacters(stdout + stderr);
          resolve({ failed: error !== null, findings: this.#findings(output), output });
        },
      );
    });
  }

  /** Reads ESLint's own report: a line for the file, then its problems, each ending in the rule. */
  #findings(output: string): Findings {
    const findings: Findings = {};
    let file = '';
    for (const line of output.split('\n')) {
      if (line.startsWith(this.folder)) file = relative(this.folder, line.trim());
      const rule = / {2}((?:@?[\w-]+\/)?[a-z-]+)$/.exec(line.trimEnd())?.[1];
      if (rule !== undefined && file !== '') (findings[file] ??= []).push(rule);
    }
    return findings;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const using = (name: string, from: string): string =>
  `import { ${name} } from '${from}';\n\nexport const used: unknown = ${name};\n`;

let planted: Findings;
let failed: boolean;
let output: string;

beforeAll(async () => {
  using workspace = new PlantedWorkspace();
  workspace.plant('packages/age/src/upward.ts', using('project', '@holdfast/core'));
  workspace.plant('packages/core/src/upward.ts', using('project', '@holdfast/cli'));
  workspace.plant('packages/token/src/upward.ts', using('project', '@holdfast/core'));
  workspace.plant('packages/media/src/upward.ts', using('project', '@holdfast/core'));
  workspace.plant('packages/media/src/sideways.ts', using('project', '@holdfast/token'));
  workspace.plant('apps/cli/src/past-core.ts', using('project', '@holdfast/age'));
  workspace.plant('apps/cli/src/past-core-too.ts', using('project', '@holdfast/token'));
  workspace.plant('apps/cli/src/deep.ts', using('project', '../../../packages/core/src/index.ts'));
  workspace.plant('packages/core/src/driver.ts', "export { C_Initialize } from 'pkcs11js';\n");
  workspace.plant('packages/core/src/driver-usb.ts', "export { usb } from 'usb';\n");
  workspace.plant(
    'packages/core/src/forgotten.ts',
    `declare function openSession(): Promise<AsyncDisposable>;

export async function careless(): Promise<void> {
  const session = await openSession();
  await Promise.resolve(session);
}

export async function careful(): Promise<void> {
  await using session = await openSession();
  await Promise.resolve(session);
}
`,
  );
  ({ failed, findings: planted, output } = await workspace.lint());
}, 120_000);

test('lint through Nx fails when something forbidden is imported', () => {
  expect(failed).toBe(true);
  expect(output).not.toContain('will be skipped');
});

test.each([
  ['age may not import core', 'packages/age/src/upward.ts'],
  ['core may not import an app', 'packages/core/src/upward.ts'],
  ['token may not import core', 'packages/token/src/upward.ts'],
  ['media may not import core', 'packages/media/src/upward.ts'],
  ['media may not import tokens', 'packages/media/src/sideways.ts'],
  ['an app may not reach past core', 'apps/cli/src/past-core.ts'],
  ['an app may not reach past core to tokens', 'apps/cli/src/past-core-too.ts'],
  ['an app may not import the inside of a package', 'apps/cli/src/deep.ts'],
])('%s', (_, file) => {
  expect(planted[file]).toContain(BOUNDARIES);
});

test.each(['packages/core/src/driver.ts', 'packages/core/src/driver-usb.ts'])(
  'a native driver has one importer, which is not %s',
  (file) => {
    expect(planted[file]).toContain('no-restricted-imports');
  },
);

test('what opens something must be bound with using', () => {
  expect(planted['packages/core/src/forgotten.ts']).toEqual(['holdfast/bind-open-with-using']);
});

test('lint through Nx passes when the imports run downwards only', async () => {
  using workspace = new PlantedWorkspace();
  workspace.plant('packages/core/src/downward.ts', using('project', '@holdfast/age'));
  workspace.plant('packages/core/src/media.ts', using('project', '@holdfast/media'));
  workspace.plant('packages/media/src/driver.ts', "export { usb } from 'usb';\n");
  workspace.plant('packages/token/src/driver.ts', "export { C_Initialize } from 'pkcs11js';\n");
  workspace.plant('apps/cli/src/downward.ts', using('project', '@holdfast/core'));
  const clean = await workspace.lint();
  expect(clean.findings).toEqual({});
  expect(clean).toMatchObject({ failed: false });
}, 120_000);
