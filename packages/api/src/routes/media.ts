import { z } from 'zod';
import { ADMINISTRATORS, OPERATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { line, time } from '../schemas/common.ts';

const volume = z.object({
  node: z.string(),
  fileSystem: z.string().nullable(),
  label: z.string().nullable(),
  uuid: z.string().nullable(),
  size: z.number(),
  free: z.number().nullable(),
  /** Why it cannot be read from or written to; `null`: it can. */
  refusal: z.string().nullable(),
  writeRefusal: z.string().nullable(),
});

const plugged = z
  .object({
    node: z.string(),
    bus: z.string(),
    vendor: z.string().nullable(),
    product: z.string().nullable(),
    serial: z.string().nullable(),
    size: z.number(),
    refusal: z.string().nullable(),
    volumes: z.array(volume),
  })
  .meta({ id: 'PluggedMedium' });

const registered = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    label: z.string().nullable(),
    uuid: z.string().nullable(),
    serial: z.string().nullable(),
    vendor: z.string().nullable(),
    product: z.string().nullable(),
    size: z.number().nullable(),
    location: z.string().nullable(),
    owner: z.string().nullable(),
    protected: z.boolean(),
    firstSeen: time,
    lastSeen: time,
    /** Where it is plugged in now; none: it is absent. */
    nodes: z.array(z.string()),
    copies: z.int(),
  })
  .meta({ id: 'RegisteredMedium' });

/** Id, name, label, UUID or serial number in the register. */
const medium = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}/\\]+$/u);
const params = z.object({ medium });

export const mediaRoutes = routes({
  listMedia: {
    method: 'get',
    path: '/v1/media',
    group: 'Media',
    summary: 'What is plugged in, and what the register knows',
    roles: READERS,
    answers: {
      200: {
        words: 'both, and file systems that are on more than one medium',
        json: z.object({
          plugged: z.array(plugged),
          register: z.array(registered),
          clones: z.array(z.object({ uuid: z.string(), among: z.array(z.string()) })),
        }),
      },
    },
  },
  watchMedia: {
    method: 'get',
    path: '/v1/media/events',
    group: 'Media',
    summary: 'What is plugged in, now and whenever that changes',
    roles: READERS,
    answers: {
      200: { words: 'all of it, each time', events: z.object({ plugged: z.array(plugged) }) },
    },
  },
  describeMedium: {
    method: 'patch',
    path: '/v1/media/{medium}',
    group: 'Media',
    summary: 'Say what a medium is called, where it lies and whose it is',
    roles: OPERATORS,
    params,
    body: {
      json: z.strictObject({
        name: line.optional(),
        location: line.optional(),
        owner: line.optional(),
        protect: z.boolean().optional(),
      }),
    },
    answers: { 200: { words: 'its id', json: z.object({ id: z.string() }) } },
  },
  forgetMedium: {
    method: 'delete',
    path: '/v1/media/{medium}',
    group: 'Media',
    summary: 'Take a medium out of the register; the copies on it stay known',
    roles: ADMINISTRATORS,
    params,
    answers: { 200: { words: 'its id', json: z.object({ id: z.string() }) } },
  },
  ejectMedium: {
    method: 'post',
    path: '/v1/media/{medium}/eject',
    group: 'Media',
    summary: 'Unmount a medium and switch it off, so that it can be pulled out',
    roles: OPERATORS,
    params,
    answers: accepted,
  },
});
