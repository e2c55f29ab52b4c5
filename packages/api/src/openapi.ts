import { z } from 'zod';
import type { Answer, Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { problem } from './schemas/common.ts';

type Json = Record<string, unknown>;

/** The whole contract as an OpenAPI 3.1 document, whose dialect is JSON Schema 2020-12. */
export function openApiDocument({ version }: { readonly version: string }): Json {
  const paths: Record<string, Json> = {};
  const components: Record<string, unknown> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json =>
    liftDefinitions(z.toJSONSchema(schema, { io, unrepresentable: 'any' }), components);
  schemaOf(problem, 'output');
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(id, route, schemaOf);
  }
  const groups = [...new Set(Object.values<Route>(ROUTES).map(({ group }) => group))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast',
      version,
      description:
        'Keeps provably restorable copies of master secrets. Long work is a job: it is answered with 202, goes on by itself, and tells of itself at /v1/jobs/{id}/events.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: groups.map((name) => ({ name })),
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'an access token of holdfast access create, or of the OpenID provider',
        },
        certificate: { type: 'mutualTLS', description: 'a client certificate' },
      },
    },
    security: [{ bearer: [] }, { certificate: [] }],
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

function operation(id: string, route: Route, schemaOf: SchemaOf): Json {
  const { summary, words, group, roles, fourEyes, answers } = route;
  const body = requestBody(route, schemaOf);
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(words !== undefined && { description: words }),
    'x-holdfast-roles': roles,
    ...(fourEyes !== undefined && { 'x-holdfast-four-eyes': fourEyes }),
    parameters: parameters(route, schemaOf),
    ...(body !== null && { requestBody: body }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, response(answer, schemaOf)]),
      ),
      ...Object.fromEntries(
        problemStatuses(route).map((status) => [
          String(status),
          { description: PROBLEMS[status], content: PROBLEM },
        ]),
      ),
    },
  };
}

const PROBLEM = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'the request does not fit the contract',
  401: 'nobody knows who asks',
  403: 'whoever asks may not',
  404: 'it is not there',
  409: 'something stands against it now',
  410: 'it is gone',
  413: 'the body is too large',
  415: 'the body is of another kind',
  422: 'it fits the contract, and cannot be done so',
  429: 'too many tries failed',
  500: 'something is wrong with this machine, or in Holdfast',
  503: 'too much is asked for, or something is away for a moment; Retry-After says when to try again',
  507: 'there is no room for it',
};

/** What any route may be answered, and what only some can. */
export function problemStatuses({ params, body, method }: Route): readonly number[] {
  const always = [400, 401, 403, 404, 409, 415, 422, 429, 500, 503];
  const more = [
    ...(body === undefined ? [] : [413]),
    ...(params === undefined ? [] : [410]),
    ...(method === 'get' ? [] : [507]),
  ];
  return [...always, ...more].toSorted((a, b) => a - b);
}

function parameters(route: Route, schemaOf: SchemaOf): Json[] {
  const of = (place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] =>
    Object.entries(schema?.shape ?? {}).map(([name, each]) => {
      const one = each as z.ZodType;
      const isRequired = place === 'path' || !one.safeParse(undefined).success;
      return { name, in: place, required: isRequired, schema: schemaOf(one, 'input') };
    });
  const header = (name: string, description: string, schema: Json): Json => ({
    ...{ name, in: 'header', required: false, description, schema },
  });
  const hasEvents = Object.values(route.answers).some((answer) => 'events' in answer);
  return [
    ...of('path', route.params),
    ...of('query', route.query),
    ...(route.idempotent
      ? [
          header(
            'Idempotency-Key',
            'The same request with the same key again gets the same answer, for a day.',
            { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\w.:-]+$' },
          ),
        ]
      : []),
    ...(hasEvents
      ? [header('Last-Event-ID', 'Goes on after this event.', { type: 'string', maxLength: 100 })]
      : []),
  ];
}

function requestBody({ body }: Route, schemaOf: SchemaOf): Json | null {
  if (body === undefined) return null;
  if ('json' in body) {
    const schema = schemaOf(body.json, 'input');
    return { required: true, content: { 'application/json': { schema } } };
  }
  const description = `At most ${String(body.maxBytes)} bytes.`;
  return { required: true, description, content: { [body.bytes]: { schema: {} } } };
}

function response(answer: Answer, schemaOf: SchemaOf): Json {
  const description = answer.words;
  if ('json' in answer) {
    return {
      description,
      content: { 'application/json': { schema: schemaOf(answer.json, 'output') } },
    };
  }
  if ('bytes' in answer) return { description, content: { [answer.bytes]: { schema: {} } } };
  if ('events' in answer) {
    const itemSchema = schemaOf(answer.events, 'output');
    // Each event’s data is one of these; OpenAPI 3.1 has no words of its own for that.
    return {
      description,
      content: {
        'text/event-stream': { schema: { type: 'string' }, 'x-holdfast-event': itemSchema },
      },
    };
  }
  return { description };
}

/** Schemas with a name are kept once, beside all others. */
function liftDefinitions(schema: Json, into: Record<string, unknown>): Json {
  const { $defs, $schema: _, ...own } = schema as Json & { $defs?: Record<string, Json> };
  const relinked = relink(own) as Json;
  for (const [name, definition] of Object.entries($defs ?? {}))
    into[name] = relink(named(definition));
  const { id } = relinked;
  if (typeof id !== 'string') return relinked;
  into[id] = named(relinked);
  return { $ref: `#/components/schemas/${id}` };
}

function named({ id: _, ...definition }: Json): Json {
  return definition;
}

function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : relink(inner),
    ]),
  );
}
