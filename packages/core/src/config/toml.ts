import type { AST, ParseError } from 'toml-eslint-parser';

/** One setting as written: its dotted name, its value, and where both stand (from 1). */
export interface TomlEntry {
  readonly name: string;
  readonly nameAt: Place;
  readonly value: unknown;
  readonly valueAt: Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with the text as TOML, and where. */
export class TomlSyntaxError extends Error {
  readonly at: Place;

  constructor(message: string, at: Place) {
    super(message);
    this.at = at;
  }
}

/** Reads TOML into a flat list of settings in the order written. Empty tables are listed with `{}`. */
export async function parseToml(text: string): Promise<readonly TomlEntry[]> {
  const { parseTOML } = await import('toml-eslint-parser');
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (cause) {
    const { message, lineNumber, column } = cause as ParseError;
    throw new TomlSyntaxError(message.charAt(0).toLowerCase() + message.slice(1), {
      line: lineNumber,
      column: column + 1,
    });
  }
  const { getStaticTOMLValue } = await import('toml-eslint-parser');
  const entries: TomlEntry[] = [];
  const keep = (prefix: readonly string[], pair: AST.TOMLKeyValue): void => {
    const path = [...prefix, ...pair.key.keys.map(keyText)];
    if (pair.value.type === 'TOMLInlineTable' && pair.value.body.length > 0) {
      for (const inner of pair.value.body) keep(path, inner);
      return;
    }
    entries.push({
      name: path.join('.'),
      nameAt: placeOf(pair.key),
      value: getStaticTOMLValue(pair.value),
      valueAt: placeOf(pair.value),
    });
  };
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      keep([], node);
      continue;
    }
    const prefix = node.key.keys.map(keyText);
    if (node.body.length === 0 || node.kind === 'array') {
      const at = placeOf(node.key);
      const value = node.kind === 'array' ? [{}] : {};
      entries.push({ name: prefix.join('.'), nameAt: at, value, valueAt: at });
    }
    for (const pair of node.body) keep(prefix, pair);
  }
  return entries;
}

function keyText(part: AST.TOMLBare | AST.TOMLQuoted): string {
  return part.type === 'TOMLBare' ? part.name : part.value;
}

function placeOf(node: { readonly loc: AST.SourceLocation }): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
