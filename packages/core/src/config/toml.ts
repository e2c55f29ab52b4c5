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

/**
 * Reads TOML into a flat list of settings in the order written. Empty tables are listed with `{}`; each
 * table of an array begins with its name and `[]`, as in `modules[]`, and its settings are `modules[].path`.
 */
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
  const begin = (path: readonly string[], node: { readonly loc: AST.SourceLocation }): string[] => {
    const prefix = [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`];
    const at = placeOf(node);
    entries.push({ name: prefix.join('.'), nameAt: at, value: {}, valueAt: at });
    return prefix;
  };
  const keep = (prefix: readonly string[], pair: AST.TOMLKeyValue): void => {
    const path = [...prefix, ...pair.key.keys.map(keyText)];
    if (pair.value.type === 'TOMLInlineTable' && pair.value.body.length > 0) {
      for (const inner of pair.value.body) keep(path, inner);
      return;
    }
    if (isArrayOfTables(pair.value)) {
      for (const table of pair.value.elements) {
        const prefix = begin(path, table);
        for (const inner of table.body) keep(prefix, inner);
      }
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
    const path = node.key.keys.map(keyText);
    const prefix = node.kind === 'array' ? begin(path, node.key) : path;
    if (node.kind !== 'array' && node.body.length === 0) {
      const at = placeOf(node.key);
      entries.push({ name: path.join('.'), nameAt: at, value: {}, valueAt: at });
    }
    for (const pair of node.body) keep(prefix, pair);
  }
  return entries;
}

function isArrayOfTables(
  value: AST.TOMLContentNode,
): value is AST.TOMLArray & { elements: AST.TOMLInlineTable[] } {
  return (
    value.type === 'TOMLArray' &&
    value.elements.length > 0 &&
    value.elements.every(({ type }) => type === 'TOMLInlineTable')
  );
}

function keyText(part: AST.TOMLBare | AST.TOMLQuoted): string {
  return part.type === 'TOMLBare' ? part.name : part.value;
}

function placeOf(node: { readonly loc: AST.SourceLocation }): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
