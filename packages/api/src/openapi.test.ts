import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openApiDocument, problemStatuses } from './openapi.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

const ALL = Object.entries<Route>(ROUTES);
type Json = Readonly<Record<string, unknown>>;

test('the document is OpenAPI 3.1', async () => {
  const document = openApiDocument({ version: '1.2.3' });
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('it is the same each time, and has every route under its own id', () => {
  const document = openApiDocument({ version: '1' });
  expect(openApiDocument({ version: '1' })).toEqual(document);
  const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>;
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(ids.toSorted()).toEqual(ALL.map(([id]) => id).toSorted());
});

test.each(ALL)('%s names in its path what it takes there, and nothing else', (_, route) => {
  const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.keys(route.params?.shape ?? {}).toSorted());
});

test.each(ALL)('%s has one good answer, and each problem has words', (_, route) => {
  expect(Object.keys(route.answers)).toHaveLength(1);
  expect(problemStatuses(route)).toContain(400);
});

test('no two routes answer to one address', () => {
  const addresses = ALL.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test('every $ref leads to a schema that is there', () => {
  const document = openApiDocument({ version: '1' });
  const { schemas } = document['components'] as { schemas: Json };
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(refs.length).toBeGreaterThan(10);
  for (const [, name = ''] of refs) expect(Object.keys(schemas)).toContain(name);
});

test.each(ALL)('nothing that %s takes is without bounds', (_, route) => {
  const json = route.body !== undefined && 'json' in route.body ? [route.body.json] : [];
  for (const schema of [route.params, route.query, ...json]) {
    if (schema === undefined) continue;
    expect(unbounded(z.toJSONSchema(schema, { io: 'input' }) as Json, '')).toEqual([]);
  }
});

/** Where a text, list or map could be of any length, or a name be any. */
function unbounded(schema: Json, at: string): string[] {
  const { type, properties, items, anyOf, oneOf } = schema as {
    readonly type?: unknown;
    readonly properties?: Readonly<Record<string, Json>>;
    readonly items?: Json;
    readonly anyOf?: readonly Json[];
    readonly oneOf?: readonly Json[];
  };
  const inner = [
    ...Object.entries(properties ?? {}).flatMap(([name, each]) => unbounded(each, `${at}.${name}`)),
    ...(items === undefined ? [] : unbounded(items, `${at}[]`)),
    ...[...(anyOf ?? []), ...(oneOf ?? [])].flatMap((each) => unbounded(each, at)),
  ];
  const has = (name: string): boolean => schema[name] !== undefined;
  // A pattern of ours that ends bounds what it takes.
  const isBound = ['maxLength', 'enum', 'const', 'format'].some(has) || isClosed(schema['pattern']);
  if (type === 'string' && !isBound) return [...inner, at];
  if (type === 'array' && !has('maxItems')) return [...inner, `${at}[]`];
  return inner;
}

function isClosed(pattern: unknown): boolean {
  return typeof pattern === 'string' && pattern.endsWith('$') && !/[*+](?!\))|,\}/.test(pattern);
}
