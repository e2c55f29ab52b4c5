import { problemStatuses } from '@holdfast/api/openapi';
import { problem, ROUTES, type Answer, type Route } from '@holdfast/api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { valuesOf } from './testing/schema-arbitrary.ts';
import { openTestServer, type TestServer } from './testing/open-test-server.ts';

/** More of them: HOLDFAST_FUZZ=100000. */
const REQUESTS = Number(process.env['HOLDFAST_FUZZ'] ?? '3000');

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({
    toml: `
[folders.nas]
path = "$DIR/nas"
[secrets.app]
source = "$DIR/config.toml"
[targets.app]
file = "$DIR/app.json"
`,
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Made {
  readonly id: string;
  readonly path: string;
  readonly body: unknown;
}

function requestOf(id: string, route: Route): fc.Arbitrary<Made> {
  const jsonSchema = (schema: z.ZodType): Record<string, unknown> =>
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const params =
    route.params === undefined ? fc.constant({}) : valuesOf(jsonSchema(route.params), 0.05);
  const query = route.query === undefined ? fc.constant({}) : valuesOf(jsonSchema(route.query));
  const json = route.body !== undefined && 'json' in route.body ? route.body.json : undefined;
  const body = json === undefined ? fc.constant(undefined) : valuesOf(jsonSchema(json));
  return fc.tuple(params, query, body).map(([named, asked, sent]) => {
    const names = Object(named) as Record<string, unknown>;
    const at = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(textOf(names[name]) || 'x'),
    );
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(Object(asked) as object)) {
      for (const each of [value].flat() as unknown[]) search.append(name, textOf(each));
    }
    const text = search.toString();
    return { id, path: text === '' ? at : `${at}?${text}`, body: sent };
  });
}

/** Half of a pair of UTF-16 has no UTF-8. */
function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.toWellFormed();
}

test(`${String(REQUESTS)} requests made from the contract get answers of the contract, and none is our fault`, async () => {
  const routes = Object.entries<Route>(ROUTES).filter(
    ([, { answers }]) => !Object.values(answers).some((answer) => 'events' in answer),
  );
  const all = routes.map(([id, route]) => requestOf(id, route));
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...all), async ({ id, path, body }) => {
      const route = ROUTES[id as keyof typeof ROUTES] as Route;
      const isBytes = route.body !== undefined && 'bytes' in route.body;
      const sent = isBytes ? Buffer.from(path) : body;
      const answer = await server.call(route.method.toUpperCase(), path, sent);
      const { status } = answer;
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const expected: Answer | undefined = route.answers[status];
      const words = `${route.method} ${path} ${JSON.stringify(body)}: ${String(status)} ${answer.text.slice(0, 300)}`;
      if (expected === undefined) {
        expect(problemStatuses(route), words).toContain(status);
        expect(status, words).not.toBe(500);
        expect(problem.safeParse(answer.json).success, words).toBe(true);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        return;
      }
      if ('json' in expected)
        expect(expected.json.safeParse(answer.json).error, words).toBeUndefined();
    }),
    { numRuns: REQUESTS, endOnFailure: true },
  );
  process.stdout.write(`${JSON.stringify(Object.fromEntries([...seen].toSorted()))}\n`);
  expect(seen.get(200) ?? 0).toBeGreaterThan(0);
  expect(seen.get(202) ?? 0).toBeGreaterThan(0);
}, 3_600_000);
