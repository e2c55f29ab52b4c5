import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
} from 'jose';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { oidcTokens } from './oidc.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let issuer = '';
let pair: Pair;
let keys: object[] = [];
let says: string | null = null;
let keysStatus = 200;
let asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  asked.push(request.url);
  response.setHeader('content-type', 'application/json');
  const isKeys = request.url === '/keys';
  if (isKeys) response.statusCode = keysStatus;
  const document = { issuer: says ?? issuer, jwks_uri: `${issuer}/keys` };
  response.end(JSON.stringify(isKeys ? { keys } : document));
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  pair = await generateKeyPair('ES256', { extractable: true });
  keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }];
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  vi.useRealTimers();
  says = null;
  keysStatus = 200;
  asked = [];
});

function tokens() {
  const roles = { ops: 'administrator', watch: 'auditor' } as const;
  return oidcTokens({ issuer, audience: 'holdfast', roleClaim: 'groups', roles });
}

interface Making {
  readonly claims?: JWTPayload;
  readonly aud?: string;
  readonly iss?: string;
  readonly exp?: string;
  readonly key?: Pair['privateKey'];
  readonly kid?: string;
  readonly nbf?: string;
  readonly typ?: string;
}

async function make({ claims, aud, iss, exp, key, kid, nbf, typ }: Making = {}): Promise<string> {
  return await new SignJWT({ groups: ['ops'], preferred_username: 'alice', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: kid ?? 'one', ...(typ && { typ }) })
    .setSubject('42')
    .setIssuer(iss ?? issuer)
    .setAudience(aud ?? 'holdfast')
    .setExpirationTime(exp ?? '5m')
    .setNotBefore(nbf ?? '0s')
    .sign(key ?? pair.privateKey);
}

test('a token of the issuer says who it is, with the greatest role of its groups', async () => {
  expect(await tokens().ownerOf(await make())).toEqual({
    principal: {
      ...{ id: `oidc:${issuer}#42`, name: `alice@${new URL(issuer).host}` },
      role: 'administrator',
    },
    until: expect.any(Number) as number,
  });
  const both = await make({ claims: { groups: ['watch', 'ops'] } });
  expect(await tokens().ownerOf(both)).toMatchObject({ principal: { role: 'administrator' } });
  const one = await make({ claims: { groups: 'watch' } });
  expect(await tokens().ownerOf(one)).toMatchObject({ principal: { role: 'auditor' } });
});

test('whose groups have no role here is known, and may not', async () => {
  for (const groups of [['others'], [], undefined, [3], ['constructor', '__proto__']]) {
    const token = await make({ claims: { groups } });
    await expect(tokens().ownerOf(token)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('a name that could be mistaken in a log is not taken', async () => {
  const token = await make({ claims: { preferred_username: 'root\n{"level":"x"}' } });
  expect(await tokens().ownerOf(token)).toMatchObject({
    principal: { name: `42@${new URL(issuer).host}` },
  });
});

test.each([
  ['for somebody else', { aud: 'other' }],
  ['of another issuer', { iss: 'https://evil.example' }],
  ['that has expired', { exp: '-5m' }],
  ['whose time has not come', { nbf: '5m' }],
  ['that tells of a logout', { typ: 'logout+jwt' }],
  ['by a key that is not known', { kid: 'two' }],
])('a token %s is refused', async (_, making) => {
  const refused = tokens().ownerOf(await make(making));
  await expect(refused).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a token without a signature, or with one that the public key made, is refused', async () => {
  const none = new UnsecuredJWT({ groups: ['ops'] })
    .setSubject('42')
    .setIssuer(issuer)
    .setAudience('holdfast')
    .setExpirationTime('5m')
    .encode();
  await expect(tokens().ownerOf(none)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const secret = new TextEncoder().encode(await exportSPKI(pair.publicKey));
  const hmac = await new SignJWT({ groups: ['ops'] })
    .setProtectedHeader({ alg: 'HS256', kid: 'one' })
    .setSubject('42')
    .setIssuer(issuer)
    .setAudience('holdfast')
    .setExpirationTime('5m')
    .sign(secret);
  await expect(tokens().ownerOf(hmac)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const forged = await make({ key: (await generateKeyPair('ES256')).privateKey });
  await expect(tokens().ownerOf(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(tokens().ownerOf('no.token.atall')).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

test.each(['JWT', 'at+jwt', 'application/at+JWT'])(
  'a token of the type %s is for access',
  async (typ) => {
    expect(await tokens().ownerOf(await make({ typ }))).toMatchObject({
      principal: { role: 'administrator' },
    });
  },
);

test('a key that the issuer took into use is found, one that it gave up is not believed', async () => {
  const all = tokens();
  await all.ownerOf(await make());
  const former = keys;
  const next = await generateKeyPair('ES256', { extractable: true });
  keys = [{ ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256' }];
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 6000);
  const rotated = await make({ key: next.privateKey, kid: 'next' });
  expect(await all.ownerOf(rotated)).toMatchObject({ principal: { role: 'administrator' } });
  await expect(all.ownerOf(await make())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  keys = former;
});

test('an issuer is asked for its keys once, whatever keys are named', async () => {
  const all = tokens();
  await all.ownerOf(await make());
  for (let count = 0; count < 20; count += 1) {
    await all.ownerOf(await make({ kid: `wrong ${String(count)}` })).catch(() => undefined);
  }
  expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});

test('keys that cannot be had are no fault of who brings a token', async () => {
  keysStatus = 500;
  await expect(tokens().ownerOf(await make())).rejects.toMatchObject({
    code: 'ISSUER_UNREACHABLE',
  });
});

test('an issuer that fails is not asked again for each token', async () => {
  says = 'https://evil.example';
  const all = tokens();
  for (let count = 0; count < 5; count += 1) {
    await expect(all.ownerOf('a.b.c')).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' });
  }
  expect(asked).toEqual(['/.well-known/openid-configuration']);
});

test('an issuer whose document is of another, or that is away, is not believed', async () => {
  says = 'https://evil.example';
  await expect(tokens().ownerOf(await make())).rejects.toMatchObject({
    code: 'ISSUER_UNREACHABLE',
  });
  const away = oidcTokens({
    ...{ issuer: 'http://127.0.0.1:1', audience: 'holdfast', roleClaim: 'groups', roles: {} },
  });
  await expect(away.ownerOf(await make())).rejects.toMatchObject({
    code: 'ISSUER_UNREACHABLE',
  });
});
