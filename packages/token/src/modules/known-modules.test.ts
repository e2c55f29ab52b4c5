import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownModules, parseModuleFile } from './known-modules.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-modules-'));
  for (const name of ['local', 'shared', 'lib']) mkdirSync(join(folder, name));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text = ''): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function found(): Promise<unknown> {
  return await knownModules({
    configurations: [join(folder, 'local'), join(folder, 'shared')],
    libraries: [join(folder, 'lib')],
  });
}

it('finds nothing where nothing is', async () => {
  expect(await found()).toEqual([]);
  rmSync(folder, { recursive: true });
  expect(await found()).toEqual([]);
});

it('finds a configured module by its path or its name, with its arguments', async () => {
  const one = write('one.so');
  const two = write('lib/two.so');
  write('shared/a.module', `# one\nmodule: ${one}\nx-init-reserved: connector=http://a:1\n`);
  write('shared/b.module', 'module: two.so\npriority: 1\n');
  write('shared/c.module', 'module: absent.so\n');
  write('shared/d.txt', `module: ${one}\n`);
  expect(await found()).toEqual([{ path: one, initArgs: 'connector=http://a:1' }, { path: two }]);
});

it('prefers the administrator’s file to the package’s of the same name', async () => {
  const one = write('one.so');
  const two = write('two.so');
  write('local/a.module', `module: ${one}`);
  write('shared/a.module', `module: ${two}`);
  expect(await found()).toEqual([{ path: one }]);
});

it('finds modules that everyone knows, each file once', async () => {
  const opensc = write('lib/opensc-pkcs11.so');
  const real = write('lib/real.so');
  symlinkSync(real, join(folder, 'lib/libykcs11.so'));
  symlinkSync(real, join(folder, 'lib/libykcs11.so.2'));
  symlinkSync(join(folder, 'gone'), join(folder, 'lib/libsofthsm2.so'));
  expect(await found()).toEqual([{ path: opensc }, { path: join(folder, 'lib/libykcs11.so') }]);
});

it('leaves out lists of certificates, and modules that show what others have', async () => {
  for (const name of ['p11-kit-proxy.so', 'p11-kit-trust.so', 'policy.so', 'far.so']) {
    write(`lib/${name}`);
  }
  symlinkSync(join(folder, 'lib/p11-kit-proxy.so'), join(folder, 'lib/opensc-pkcs11.so'));
  write('shared/a.module', 'module: p11-kit-proxy.so');
  write('shared/b.module', 'module: p11-kit-trust.so');
  write('shared/c.module', 'module: policy.so\ntrust-policy: yes');
  write('shared/d.module', 'module: far.so\nremote: |ssh far p11-kit remote');
  expect(await found()).toEqual([]);
});

it('reads the format of p11-kit, and passes over what is no setting', () => {
  const text = '# c: d\r\nModule :  a b.so \r\nnothing\n\nempty:\n priority: 2: 3\n';
  expect(Object.fromEntries(parseModuleFile(text))).toEqual({
    module: 'a b.so',
    priority: '2: 3',
  });
});
