import type { Handlers } from '../http/handler.ts';

const LAST = 200;
const SHOWN = 20;

export const webhooks: Handlers<'listWebhooks'> = {
  async listWebhooks({ service }) {
    const all = await (await service.catalog()).service.deliveries.list(LAST);
    const rows = Object.entries(service.config.server.webhooks).map(([name, { url, events }]) => ({
      name,
      to: new URL(url).origin,
      events: [...events],
      deliveries: all
        .filter(({ webhook }) => webhook === name)
        .slice(0, SHOWN)
        .map(({ id, state, attempt, created, next, outcome }) => ({
          ...{ id, state, attempt, created, next, outcome },
        })),
    }));
    return { status: 200, json: { rows } };
  },
};
