import { z } from 'zod';
import { READERS, routes } from '../route.ts';
import { time } from '../schemas/common.ts';

const role = z.enum(['administrator', 'operator', 'auditor']);

export const settingsRoutes = routes({
  showSettings: {
    method: 'get',
    path: '/v1/settings',
    group: 'Settings',
    summary: 'What the configuration has for requests to name, and how the service is reached',
    words: 'Names only: no path, address or command of the machine.',
    roles: READERS,
    answers: {
      200: {
        words: 'the settings',
        json: z.object({
          version: z.string(),
          /** Id of this run of the server. */
          server: z.string(),
          host: z.string(),
          folders: z.array(z.string()),
          targets: z.array(z.object({ name: z.string(), kind: z.string() })),
          /** Aliases of tokens in the configuration. */
          tokens: z.array(z.string()),
          /** Envelopes of a backup that names neither envelopes nor a policy. */
          envelopes: z.array(z.string()),
          fourEyes: z.array(z.enum(['restore', 'envelopes', 'import'])),
          /** Seconds. */
          approveWithin: z.int(),
          pinIdle: z.int(),
          sessionIdle: z.int(),
          /** The certificate of the server; `null`: without TLS. */
          certificate: z
            .object({
              subject: z.string(),
              issuer: z.string(),
              validFrom: time,
              validTo: time,
              /** SHA-256 in lower-case hex. */
              fingerprint: z.string(),
            })
            .nullable(),
          /** Whose client certificates are let in. */
          clients: z.array(
            z.object({
              name: z.string(),
              role,
              /** SHA-256 in lower-case hex, or the common name: what tells them. */
              fingerprint: z.string().nullable(),
              subject: z.string().nullable(),
            }),
          ),
          /** The OpenID provider; `null`: there is none. */
          issuer: z.string().nullable(),
        }),
      },
    },
  },
});
