import { coreError } from '../errors.ts';
import { closest } from './closest.ts';
import { SETTINGS, type Settings } from './settings.ts';
import { parseToml, TomlSyntaxError, type Place, type TomlEntry } from './toml.ts';

/** Makes the error about one place of the file. */
export type Complain = (at: Place, what: string, cause?: unknown) => Error;

/** The settings of one table, and where they stand. */
export interface Table {
  /** Where it begins. */
  readonly at: Place;
  readonly settings: Settings;
  readonly places: ReadonlyMap<keyof Settings, Place>;
}

/** A file as it is written: what stands once, and the tables of which there are several. */
export interface Given {
  readonly single: Settings;
  /** Where those stand. */
  readonly places: ReadonlyMap<string, Place>;
  readonly modules: readonly Table[];
  /** By the names that the file gives them. */
  readonly named: Readonly<Record<TableName, ReadonlyMap<string, Table>>>;
  readonly wrong: Complain;
}

const MODULE_TABLE = 'modules[]';

const ALIAS = {
  fits: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  takes: 'letters, digits, dot, dash and underscore',
};

/** As an HTTP request can name it. */
const PLAIN = {
  fits: /^[a-z0-9][a-z0-9._-]{0,62}$/,
  takes: 'lower-case letters, digits, dot, dash and underscore',
};

/** Tables whose entries have names that the file chooses, and what such a name may be. */
const NAMED = {
  tokens: { one: 'a token', ...ALIAS },
  policies: { one: 'a policy', ...ALIAS },
  // As wide as what a manifest takes: most are called like files.
  secrets: {
    one: 'a secret',
    fits: /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,255}$/u,
    takes: 'one line of 1 to 255 characters',
  },
  clients: { one: 'a client', ...PLAIN },
  folders: { one: 'a folder', ...PLAIN },
  targets: { one: 'a target', ...PLAIN },
  webhooks: { one: 'a webhook', ...PLAIN },
} as const;

type TableName = keyof typeof NAMED;

export function nothingGiven(): Given {
  return given(() => new TypeError('nothing was given'));
}

/** Reads every setting, each for itself. Throws what `wrong` makes of a mistake. */
export async function readSettings(text: string, file: string): Promise<Given> {
  const wrong: Complain = (at, what, cause) =>
    coreError('CONFIG_INVALID', `${file}:${String(at.line)}:${String(at.column)}: ${what}`, {
      cause,
    });
  const found = given(wrong);
  try {
    for (const entry of await parseToml(text)) take(entry, found);
  } catch (cause) {
    if (cause instanceof TomlSyntaxError)
      throw wrong(cause.at, `not TOML: ${cause.message}`, cause);
    throw cause;
  }
  return found;
}

function given(wrong: Complain) {
  return {
    single: {},
    places: new Map<string, Place>(),
    modules: new Array<WritableTable>(),
    named: {
      tokens: new Map<string, WritableTable>(),
      policies: new Map<string, WritableTable>(),
      secrets: new Map<string, WritableTable>(),
      clients: new Map<string, WritableTable>(),
      folders: new Map<string, WritableTable>(),
      targets: new Map<string, WritableTable>(),
      webhooks: new Map<string, WritableTable>(),
    },
    wrong,
  };
}

interface WritableTable extends Table {
  readonly settings: Record<string, unknown>;
  readonly places: Map<keyof Settings, Place>;
}

function take(entry: TomlEntry, into: ReturnType<typeof given>): void {
  const { name, nameAt, valueAt } = entry;
  if (name === MODULE_TABLE) {
    into.modules.push(tableAt(nameAt));
    return;
  }
  const known = settingFor(name);
  if (known !== null) {
    const value = readValue(known.setting, entry, into.wrong);
    const table = known.table === null ? null : tableFor(known, entry, into);
    Object.assign(table?.settings ?? into.single, { [known.setting]: value });
    (table?.places ?? into.places).set(known.setting, valueAt);
    return;
  }
  if (!isEmptyTable(entry)) throw into.wrong(nameAt, unknownSetting(name));
  const named = namedTable(name);
  if (named !== null) tableFor(named, entry, into);
}

/** One table, under the name that the file chose for it. */
type OneTable =
  { readonly table: typeof MODULE_TABLE } | { readonly table: TableName; readonly of: string };

function tableFor(
  which: OneTable,
  { nameAt }: TomlEntry,
  { modules, named, wrong }: ReturnType<typeof given>,
): WritableTable {
  if (which.table === MODULE_TABLE) return modules.at(-1) ?? tableAt(nameAt);
  const { one, fits, takes } = NAMED[which.table];
  if (!fits.test(which.of)) throw wrong(nameAt, `the name of ${one} takes ${takes}`);
  const found = named[which.table].get(which.of) ?? tableAt(nameAt);
  named[which.table].set(which.of, found);
  return found;
}

function tableAt(at: Place): WritableTable {
  return { at, settings: {}, places: new Map() };
}

type Known = { readonly setting: keyof Settings } & (OneTable | { readonly table: null });

function settingFor(name: string): Known | null {
  if (isSetting(name) && !name.includes('*')) {
    return { setting: name, table: name.startsWith(`${MODULE_TABLE}.`) ? MODULE_TABLE : null };
  }
  // A name may hold dots itself: the setting is told by how it begins and ends.
  for (const setting of Object.keys(SETTINGS).filter(isSetting)) {
    const [before = '', after] = setting.split('*');
    const table = before.slice(0, -1);
    if (after === undefined || !isTableName(table)) continue;
    if (name.length <= before.length + after.length) continue;
    if (!name.startsWith(before) || !name.endsWith(after)) continue;
    return { setting, table, of: name.slice(before.length, name.length - after.length) };
  }
  return null;
}

/** What `[policies.NAME]`, `[secrets.NAME]` and the like begin. */
function namedTable(name: string): OneTable | null {
  const [, table = '', of = ''] =
    /^(policies|secrets|clients|folders|targets|webhooks)\.(.+)$/s.exec(name) ?? [];
  return isTableName(table) ? { table, of } : null;
}

/** A table of ours with nothing in it, such as a [backup] with everything commented out, is harmless. */
function isEmptyTable({ name, value }: TomlEntry): boolean {
  const isEmpty =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0;
  if (!isEmpty || name === 'modules') return false;
  return namedTable(name) !== null || names().some((known) => known.startsWith(`${name}.`));
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
  const [table = '', ...rest] = name.split('.');
  const of = rest.slice(0, -1).join('.');
  const there = isTableName(table) && of !== '' ? names(of) : names();
  const near = closest(shown(name), there);
  const advice = near === null ? `there are ${there.join(', ')}` : `did you mean ${near}?`;
  return `there is no setting ${shown(name)}; ${advice}`;
}

/** As people write about them. */
function names(of = 'NAME'): readonly string[] {
  return Object.keys(SETTINGS).map((name) => shown(name).replace('*', of));
}

function shown(name: string): string {
  return name.replace('[]', '');
}

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(SETTINGS, name);
}

function isTableName(name: string): name is TableName {
  return Object.hasOwn(NAMED, name);
}
