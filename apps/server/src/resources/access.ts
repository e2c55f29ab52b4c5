import { createAccess, listAccess, revokeAccess, type Access } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';

export const access: Handlers<'whoAmI' | 'listAccess' | 'createAccess' | 'revokeAccess'> = {
  async whoAmI({ principal }) {
    const { name, role } = principal;
    return await Promise.resolve({ status: 200, json: { name, role } });
  },
  async listAccess({ service }) {
    const rows = await listAccess({ catalog: service.catalogAccess });
    return { status: 200, json: { rows: rows.map(shown) } };
  },
  async createAccess({ body, service, actor, signal }) {
    const { expiresIn, ...request } = body;
    const run = service.runFor(actor, { signal });
    const asked = { ...request, ...(expiresIn !== undefined && { expiresIn: expiresIn * 1000 }) };
    const made = await createAccess(asked, run);
    return { status: 201, json: { access: shown(made.access), token: made.token } };
  },
  async revokeAccess({ params, service, actor, signal }) {
    const run = service.runFor(actor, { signal });
    return { status: 200, json: shown(await revokeAccess(params.name, run)) };
  },
};

function shown({ sources, ...rest }: Access) {
  return { ...rest, sources: [...sources] };
}
