import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';
import { catalogAccess } from '../record/catalog-access.ts';
import { accessTokenHash, newAccessToken } from './access-token.ts';
import { createAccess, listAccess, revokeAccess } from './access.ts';

test('a token that was mistyped anywhere is told apart', () => {
  const token = newAccessToken();
  expect(accessTokenHash(token)).toMatch(/^[0-9a-f]{64}$/);
  fc.assert(
    fc.property(
      fc.nat(token.length - 1),
      fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '_', '-'),
      (at, other) => {
        fc.pre(token[at] !== other);
        const wrong = token.slice(0, at) + other + token.slice(at + 1);
        expect(accessTokenHash(wrong)).toBeNull();
      },
    ),
  );
});

test('access is given once to one name, listed without its hash, and revoked once', async () => {
  await using scene = await openScene();
  const { instance } = scene.run();
  await instance.signer();
  await using catalog = catalogAccess({ instance, surface: 'test' });
  const run = { catalog, recorder: catalog.recorder };
  const made = await createAccess({ name: 'ci', role: 'operator', expiresIn: 1000 }, run, 0);
  expect(made.access).toMatchObject({ name: 'ci', expires: '1970-01-01T00:00:01.000Z' });
  await expect(createAccess({ name: 'ci', role: 'auditor' }, run)).rejects.toMatchObject({
    code: 'ACCESS_EXISTS',
  });
  const listed = await listAccess(run);
  expect(listed).toMatchObject([{ name: 'ci', role: 'operator', removedAt: null }]);
  expect(JSON.stringify(listed)).not.toContain(accessTokenHash(made.token) ?? '');
  await revokeAccess('ci', run);
  await expect(revokeAccess('ci', run)).rejects.toMatchObject({ code: 'ACCESS_NOT_FOUND' });
  await createAccess({ name: 'ci', role: 'auditor' }, run);
  expect(await listAccess(run)).toMatchObject([{ name: 'ci', role: 'auditor', removedAt: null }]);
});

test.each([
  { name: 'A', role: 'operator' as const },
  { name: 'a', role: 'operator' as const, sources: ['10.0.0.0/33'] },
  { name: 'a', role: 'operator' as const, sources: ['::1/x'] },
])('%j is refused', async (request) => {
  await expect(createAccess(request, {})).rejects.toMatchObject({ code: 'ACCESS_INVALID' });
});
