import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ModuleSetting } from '@holdfast/token';
import { coreError } from '../errors.ts';
import type { Policies } from '../policy/policy.ts';
import {
  folderFrom,
  serverFrom,
  targetFrom,
  type ServerConfig,
  type TargetConfig,
} from './server-config.ts';
import { policyFrom, secretFrom, type SecretSetting } from './named-tables.ts';
import {
  nothingGiven,
  readSettings,
  type Complain,
  type Given,
  type Table,
} from './read-settings.ts';

/** The configuration in force: what the file says, and defaults for the rest. */
export interface Config {
  /** The file that was read, or `null` when there is none. */
  readonly file: string | null;
  readonly state: string;
  readonly group: string | null;
  readonly trust: string | null;
  readonly requireSigned: boolean;
  readonly secret: string;
  readonly backup: {
    readonly envelopes: readonly string[];
    readonly discreet: boolean;
    readonly workFactor: number | null;
    readonly requireToken: boolean;
  };
  readonly media: {
    /** Labels, UUIDs or serial numbers of media that nothing is ever written to. */
    readonly protected: readonly string[];
    /** Nothing is written to a medium that the register does not know. */
    readonly onlyKnown: boolean;
  };
  /** PKCS#11 modules; with none, those found in their usual places are used. */
  readonly modules: readonly ModuleSetting[];
  /** Names for keys on tokens, and their URIs. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly policies: Policies;
  /** By the name that the secret has in its backups. */
  readonly secrets: Readonly<Record<string, SecretSetting>>;
  /** A PostgreSQL database, without a password; `null`: a file in the state folder. */
  readonly catalogUrl: string | null;
  /** Paths of folders that the HTTP service may write copies to, by their names. */
  readonly folders: Readonly<Record<string, string>>;
  /** Where the HTTP service may put a secret back, by names. */
  readonly targets: Readonly<Record<string, TargetConfig>>;
  readonly server: ServerConfig;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loads the configuration: the file named, else the user's, else the one in /etc, else defaults.
 * The parser is loaded only when there is a file.
 *
 * @throws CONFIG_INVALID, which begins with FILE:LINE:COLUMN for whatever stands in a file
 */
export async function loadConfig(request: { path?: string; env: Environment }): Promise<Config> {
  const { path, env } = request;
  for (const candidate of path === undefined ? configPaths(env) : [resolve(path)]) {
    const text = await readIfThere(candidate);
    if (text !== null) return withDefaults(await readSettings(text, candidate), candidate, env);
  }
  if (path !== undefined) throw coreError('CONFIG_INVALID', `${path}: there is no such file`);
  return withDefaults(nothingGiven(), null, env);
}

/** Where a configuration is looked for, in this order; the first file found is the only one read. */
export function configPaths(env: Environment): readonly string[] {
  const home = env['XDG_CONFIG_HOME'] ?? '';
  return [
    join(isAbsolute(home) ? home : join(homeFolder(env), '.config'), 'holdfast', 'config.toml'),
    '/etc/holdfast/config.toml',
  ];
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw coreError('CONFIG_INVALID', `${path}: it cannot be read (${code ?? 'unknown'})`, {
      cause,
    });
  }
}

function withDefaults(given: Given, file: string | null, env: Environment): Config {
  const { single: settings, modules, named, wrong } = given;
  const place = (path: string): string => {
    if (path.startsWith('~/')) return join(homeFolder(env), path.slice(2));
    return resolve(file === null ? '.' : dirname(file), path);
  };
  const policies = fromTables(named.policies, (name, table) => policyFrom(name, table, wrong));
  return {
    file,
    state: settings.state === undefined ? defaultState(env) : place(settings.state),
    group: settings.group ?? null,
    trust: settings.trust === undefined ? null : place(settings.trust),
    requireSigned: settings['require-signed'] ?? false,
    secret: settings.secret ?? 'sso',
    backup: {
      envelopes: settings['backup.envelopes'] ?? ['password'],
      discreet: settings['backup.discreet'] ?? false,
      workFactor: settings['backup.work-factor'] ?? null,
      requireToken: settings['backup.require-token'] ?? false,
    },
    media: {
      protected: settings['media.protected'] ?? [],
      onlyKnown: settings['media.only-known'] ?? false,
    },
    modules: modules.map((table) => moduleFrom(table, wrong, place)),
    tokens: fromTables(named.tokens, (_, { settings: own }) => own['tokens.*'] ?? ''),
    policies,
    secrets: fromTables(named.secrets, (name, table) =>
      secretFrom(name, table, { wrong, policies, place }),
    ),
    catalogUrl: settings['catalog.url'] ?? null,
    folders: fromTables(named.folders, (name, table) => folderFrom(name, table, wrong, place)),
    targets: fromTables(named.targets, (name, table) => targetFrom(name, table, wrong, place)),
    server: serverFrom(given, place),
  };
}

function moduleFrom(
  { at, settings }: Table,
  wrong: Complain,
  place: (path: string) => string,
): ModuleSetting {
  const path = settings['modules[].path'];
  if (path === undefined) throw wrong(at, 'this module has no path');
  return { path: place(path), initArgs: settings['modules[].init-args'] };
}

function fromTables<Value>(
  tables: ReadonlyMap<string, Table>,
  make: (name: string, table: Table) => Value,
): Record<string, Value> {
  return Object.fromEntries([...tables].map(([name, table]) => [name, make(name, table)]));
}

/** systemd's StateDirectory= (the first of them), else the XDG state folder. */
function defaultState(env: Environment): string {
  const [fromSystemd] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (fromSystemd !== undefined && isAbsolute(fromSystemd)) return fromSystemd;
  const xdg = env['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homeFolder(env), '.local', 'state'), 'holdfast');
}

function homeFolder(env: Environment): string {
  const home = env['HOME'] ?? '';
  return isAbsolute(home) ? home : homedir();
}
