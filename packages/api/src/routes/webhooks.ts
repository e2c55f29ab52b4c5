import { z } from 'zod';
import { READERS, routes } from '../route.ts';
import { time, uuid } from '../schemas/common.ts';

const delivery = z.object({
  id: uuid,
  state: z.enum(['waiting', 'delivered', 'given-up']),
  attempt: z.int(),
  created: time,
  /** When it is tried next. */
  next: time.nullable(),
  /** What the last attempt ended with. */
  outcome: z.string().nullable(),
});

const webhook = z.object({
  name: z.string(),
  /** Scheme and host; the rest of an address may be a secret. */
  to: z.string(),
  events: z.array(z.string()),
  /** The newest first. */
  deliveries: z.array(delivery),
});

export const webhookRoutes = routes({
  listWebhooks: {
    method: 'get',
    path: '/v1/webhooks',
    group: 'Webhooks',
    summary: 'Who is told of what, and what became of the last messages',
    words:
      'Webhooks are configured in [webhooks.NAME]. Messages are signed as Standard Webhooks has it.',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(webhook) }) } },
  },
});
