import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ModuleSetting } from '@holdfast/token';
import { coreError } from '../errors.ts';
import { closest } from './closest.ts';
import { parseToml, TomlSyntaxError, type Place, type TomlEntry } from './toml.ts';
import { SETTINGS, type Settings } from './settings.ts';

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
  };
  /** PKCS#11 modules; with none, those found in their usual places are used. */
  readonly modules: readonly ModuleSetting[];
  /** Names for keys on tokens, and their URIs. */
  readonly tokens: Readonly<Record<string, string>>;
}

const MODULE_TABLE = 'modules[]';

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
  return withDefaults(NOTHING, null, env);
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

/** The settings of a file: those that stand once, and those of which there are several. */
interface Given {
  readonly single: Settings;
  readonly modules: readonly ModuleSetting[];
  readonly tokens: Readonly<Record<string, string>>;
}

const NOTHING: Given = { single: {}, modules: [], tokens: {} };

async function readSettings(text: string, file: string): Promise<Given> {
  const wrong: Complain = (at, what, cause) =>
    coreError('CONFIG_INVALID', `${file}:${String(at.line)}:${String(at.column)}: ${what}`, {
      cause,
    });
  try {
    const single: Record<string, unknown> = {};
    const tables: ModuleTable[] = [];
    const tokens: Record<string, string> = {};
    for (const entry of await parseToml(text)) {
      const { name, nameAt } = entry;
      if (name === MODULE_TABLE) {
        tables.push({ at: nameAt });
        continue;
      }
      const known = settingFor(name);
      if (known === null) {
        // An empty table of ours, such as a [backup] with everything commented out, is harmless.
        if (isEmptyTable(entry)) continue;
        throw wrong(nameAt, unknownSetting(name));
      }
      const value = readValue(known, entry, wrong);
      if (known === 'tokens.*') tokens[aliasIn(entry, wrong)] = value as string;
      else if (known.startsWith(`${MODULE_TABLE}.`))
        Object.assign(tables.at(-1) ?? {}, { [known]: value });
      else single[known] = value;
    }
    return { single, tokens, modules: tables.map((table) => moduleIn(table, wrong)) };
  } catch (cause) {
    if (cause instanceof TomlSyntaxError)
      throw wrong(cause.at, `not TOML: ${cause.message}`, cause);
    throw cause;
  }
}

type Complain = (at: Place, what: string, cause?: unknown) => Error;

interface ModuleTable extends Pick<Settings, 'modules[].path' | 'modules[].init-args'> {
  readonly at: Place;
}

function moduleIn(table: ModuleTable, wrong: Complain): ModuleSetting {
  const path = table['modules[].path'];
  if (path === undefined) throw wrong(table.at, 'this module has no path');
  return { path, initArgs: table['modules[].init-args'] };
}

function aliasIn({ name, nameAt }: TomlEntry, wrong: Complain): string {
  const alias = name.slice('tokens.'.length);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(alias)) return alias;
  throw wrong(nameAt, 'the name of a token takes letters, digits, dot, dash and underscore');
}

function readValue(
  known: keyof Settings,
  { name, value, valueAt }: TomlEntry,
  wrong: Complain,
): unknown {
  const setting = SETTINGS[known];
  try {
    return setting.read(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'is not allowed';
    throw wrong(valueAt, `${shown(name)} takes ${setting.takes}; this ${because(reason)}`, cause);
  }
}

/** Our own reasons are verbs ("is not a path"); those of an envelope are sentences. */
function because(reason: string): string {
  return /^(is|holds) /.test(reason) ? reason : `does not fit: ${reason}`;
}

function unknownSetting(name: string): string {
  if (/^modules(?:$|\.)/.test(name)) {
    return `there is no setting ${name}; a module is written as [[modules]] and path = "…" below it`;
  }
  const near = closest(shown(name), names());
  const advice = near === null ? `there are ${names().join(', ')}` : `did you mean ${near}?`;
  return `there is no setting ${shown(name)}; ${advice}`;
}

/** As people write about them. */
function names(): readonly string[] {
  return Object.keys(SETTINGS).map((name) => shown(name).replace('*', 'NAME'));
}

function shown(name: string): string {
  return name.replace('[]', '');
}

function settingFor(name: string): keyof Settings | null {
  if (/^tokens\../.test(name)) return 'tokens.*';
  return isSetting(name) ? name : null;
}

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(SETTINGS, name);
}

function isEmptyTable({ name, value }: TomlEntry): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0 &&
    names().some((known) => known.startsWith(`${name}.`)) &&
    name !== 'modules'
  );
}

function withDefaults(given: Given, file: string | null, env: Environment): Config {
  const { single: settings, modules, tokens } = given;
  const place = (path: string): string => {
    if (path.startsWith('~/')) return join(homeFolder(env), path.slice(2));
    return resolve(file === null ? '.' : dirname(file), path);
  };
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
    media: { protected: settings['media.protected'] ?? [] },
    modules: modules.map(({ path, initArgs }) => ({ path: place(path), initArgs })),
    tokens,
  };
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
