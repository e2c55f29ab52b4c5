import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { coreError } from '../errors.ts';
import { closest } from './closest.ts';
import { parseToml, TomlSyntaxError, type Place } from './toml.ts';
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
  };
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
  return withDefaults({}, null, env);
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

async function readSettings(text: string, file: string): Promise<Settings> {
  const wrong = (at: Place, what: string, cause?: unknown): Error =>
    coreError('CONFIG_INVALID', `${file}:${String(at.line)}:${String(at.column)}: ${what}`, {
      cause,
    });
  try {
    const settings: Record<string, unknown> = {};
    for (const { name, nameAt, value, valueAt } of await parseToml(text)) {
      if (!isSetting(name)) {
        // An empty table of ours, such as a [backup] with everything commented out, is harmless.
        if (isEmptyTable(value) && names().some((known) => known.startsWith(`${name}.`))) continue;
        throw wrong(nameAt, unknownSetting(name));
      }
      const setting = SETTINGS[name];
      try {
        settings[name] = setting.read(value);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : 'is not allowed';
        throw wrong(valueAt, `${name} takes ${setting.takes}; this ${because(reason)}`, cause);
      }
    }
    return settings;
  } catch (cause) {
    if (cause instanceof TomlSyntaxError)
      throw wrong(cause.at, `not TOML: ${cause.message}`, cause);
    throw cause;
  }
}

/** Our own reasons are verbs ("is not a path"); those of an envelope are sentences. */
function because(reason: string): string {
  return /^(is|holds) /.test(reason) ? reason : `does not fit: ${reason}`;
}

function unknownSetting(name: string): string {
  const near = closest(name, names());
  const advice = near === null ? `there are ${names().join(', ')}` : `did you mean ${near}?`;
  return `there is no setting ${name}; ${advice}`;
}

function names(): readonly string[] {
  return Object.keys(SETTINGS);
}

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(SETTINGS, name);
}

function isEmptyTable(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0
  );
}

function withDefaults(settings: Settings, file: string | null, env: Environment): Config {
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
    },
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
