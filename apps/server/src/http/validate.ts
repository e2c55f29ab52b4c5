import type { Route } from '@holdfast/api';
import type { z } from 'zod';
import { RequestFault, type Fault } from './problem.ts';

/** What a request says, before anything of it is believed. */
export interface Said {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Checked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** The one place where requests are held to the contract. @throws REQUEST_INVALID, which never tells a value */
export function validate(route: Route, said: Said): Checked {
  const faults: Fault[] = [];
  const check = (where: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    faults.push(...error.issues.map((issue) => faultOf(where, issue)));
    return undefined;
  };
  const params = check('path', route.params, said.params);
  const query = check('query', route.query, queryObject(said.query, route, faults));
  const json = route.body !== undefined && 'json' in route.body ? route.body.json : undefined;
  const body = check('body', json, said.body);
  if (faults.length > 0) throw new RequestFault(faults.slice(0, 20));
  return { params, query, body };
}

/** A parameter that comes twice is a list where the contract has a list, and a fault elsewhere. */
function queryObject(query: URLSearchParams, route: Route, faults: Fault[]): object {
  const known = route.query?.shape ?? {};
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(known, name)) {
      faults.push({ where: 'query', words: 'has a parameter that this address does not take' });
      continue;
    }
    const values = query.getAll(name);
    const [first = ''] = values;
    if (isList(known[name])) given[name] = values;
    else if (values.length === 1) given[name] = first;
    else faults.push({ where: `query.${name}`, words: 'comes more than once' });
  }
  return given;
}

function isList(schema: unknown): boolean {
  const { type, innerType } = (schema as z.ZodType).def as { type: string; innerType?: unknown };
  return type === 'array' || (innerType !== undefined && isList(innerType));
}

function faultOf(where: string, { path, code, ...issue }: z.core.$ZodIssue): Fault {
  const at = [where, ...path.map(String)].join('.').slice(0, 200);
  const words: Partial<Record<z.core.$ZodIssue['code'], string>> = {
    invalid_type: 'is missing, or of another type',
    unrecognized_keys: 'has a name that is not known there',
    too_big: 'is too large or too long',
    too_small: 'is too small or too short',
    invalid_value: 'is none of what is allowed',
    invalid_union: 'is none of what is allowed',
  };
  const format = 'format' in issue ? `does not fit: ${String(issue.format)}` : 'does not fit';
  return { where: at, words: words[code] ?? format };
}
