import { constants } from 'node:fs';
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, extname, isAbsolute, join } from 'node:path';
import type { ModuleSetting } from '../ports.ts';

/** Where p11-kit has its modules: what comes first here replaces a file of the same name. */
export interface ModuleFolders {
  /** Of `*.module` files. */
  readonly configurations: readonly string[];
  /** Where libraries are, for a name without a path, and for those that everyone knows. */
  readonly libraries: readonly string[];
}

const MULTIARCH: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ia32: 'i386-linux-gnu',
  ppc64: 'powerpc64le-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  s390x: 's390x-linux-gnu',
};

/** In the order in which they are asked. */
const KNOWN_LIBRARIES = [
  'opensc-pkcs11.so',
  'libykcs11.so',
  'libykcs11.so.2',
  'yubihsm_pkcs11.so',
  'libsofthsm2.so',
];

/** Those that are no modules for tokens: they show others' tokens again, or lists of certificates. */
const NEVER = /^(?:p11-kit-(?:proxy|trust|client)|libp11-kit|libnssckbi|pkcs11-spy|onepin-opensc)/;

function usualFolders(): ModuleFolders {
  const arch = MULTIARCH[process.arch];
  const roots = [
    ...(arch === undefined ? [] : [`/usr/lib/${arch}`]),
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
    '/opt/homebrew/lib',
  ];
  return {
    configurations: ['/etc/pkcs11/modules', '/usr/share/p11-kit/modules'],
    libraries: roots.flatMap((root) => [join(root, 'pkcs11'), root, join(root, 'softhsm')]),
  };
}

/** The modules that this machine has in their usual places, each once; p11-kit's configured ones come first. Loads none. */
export async function knownModules(
  folders: ModuleFolders = usualFolders(),
): Promise<readonly ModuleSetting[]> {
  const configured = await configuredModules(folders);
  const usual = KNOWN_LIBRARIES.flatMap((name) =>
    folders.libraries.map((folder) => ({ path: join(folder, name) })),
  );
  const found = new Map<string, ModuleSetting>();
  for (const setting of [...configured, ...usual]) {
    const real = await existing(setting.path);
    if (real === null || NEVER.test(basename(setting.path)) || NEVER.test(basename(real))) continue;
    if (!found.has(real)) found.set(real, setting);
  }
  return [...found.values()];
}

async function configuredModules(folders: ModuleFolders): Promise<ModuleSetting[]> {
  const files = new Map<string, string>();
  for (const folder of folders.configurations) {
    for (const name of (await list(folder)).filter((file) => extname(file) === '.module').sort()) {
      if (!files.has(name)) files.set(name, join(folder, name));
    }
  }
  const settings = await Promise.all(
    [...files.values()].map(async (file) => await configuredModule(file, folders)),
  );
  return settings.flat();
}

async function configuredModule(file: string, folders: ModuleFolders): Promise<ModuleSetting[]> {
  const settings = parseModuleFile(await readFile(file, 'utf8').catch(() => ''));
  const module = settings.get('module');
  if (module === undefined || settings.get('trust-policy') === 'yes') return [];
  if (settings.has('remote')) return [];
  const path = isAbsolute(module)
    ? module
    : await firstExisting(folders.libraries.map((folder) => join(folder, module)));
  const initArgs = settings.get('x-init-reserved');
  return path === null ? [] : [initArgs === undefined ? { path } : { path, initArgs }];
}

/** The format of pkcs11.conf(5): `name: value` lines, and comments. */
export function parseModuleFile(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon === -1 || line.trimStart().startsWith('#')) continue;
    const value = line.slice(colon + 1).trim();
    if (value !== '') settings.set(line.slice(0, colon).trim().toLowerCase(), value);
  }
  return settings;
}

async function firstExisting(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if ((await existing(path)) !== null) return path;
  return null;
}

/** The real path; `null` when there is nothing to read. */
async function existing(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK);
    return await realpath(path);
  } catch {
    return null;
  }
}

async function list(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
