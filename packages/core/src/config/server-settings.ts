import type { ServerRole, WebhookEvent } from './server-words.ts';
import {
  fingerprint,
  httpsUrl,
  listenAddress,
  path,
  someOf,
  span,
  spanFrom,
  text,
  texts,
  wholeNumber,
  oneOf,
  type Setting,
} from './value-kinds.ts';

/** What a configuration file can say about the HTTP service, by dotted names; `*` is any name. */
export interface ServerSettings {
  'server.listen'?: string;
  'server.tls.certificate'?: string;
  'server.tls.key'?: string;
  /** Authorities whose client certificates are looked at. */
  'server.tls.client-ca'?: string;
  'server.max-jobs'?: number;
  'server.max-waiting'?: number;
  'server.four-eyes'?: readonly ('restore' | 'envelopes' | 'import')[];
  /** In milliseconds, like the next two. */
  'server.approve-within'?: number;
  'server.pin-idle'?: number;
  'server.session-idle'?: number;
  'server.oidc.issuer'?: string;
  'server.oidc.audience'?: string;
  'server.oidc.role-claim'?: string;
  'server.oidc.administrators'?: readonly string[];
  'server.oidc.operators'?: readonly string[];
  'server.oidc.auditors'?: readonly string[];
  /** Whom a client certificate is of. */
  'clients.*.fingerprint'?: string;
  'clients.*.subject'?: string;
  'clients.*.role'?: ServerRole;
  /** A folder that copies can be written to. */
  'folders.*.path'?: string;
  /** Where a restore can put a secret. */
  'targets.*.file'?: string;
  'targets.*.folder'?: string;
  'targets.*.command'?: string;
  'targets.*.store'?: string;
  'webhooks.*.url'?: string;
  'webhooks.*.secret-file'?: string;
  'webhooks.*.events'?: readonly WebhookEvent[];
}

export const SERVER_SETTINGS: {
  readonly [Name in keyof ServerSettings]-?: Setting<NonNullable<ServerSettings[Name]>>;
} = {
  'server.listen': listenAddress,
  'server.tls.certificate': path,
  'server.tls.key': path,
  'server.tls.client-ca': path,
  'server.max-jobs': wholeNumber(1, 64),
  'server.max-waiting': wholeNumber(1, 10_000),
  'server.four-eyes': someOf<'restore' | 'envelopes' | 'import'>([
    'restore',
    'envelopes',
    'import',
  ]),
  'server.approve-within': span,
  'server.pin-idle': span,
  'server.session-idle': spanFrom(60_000),
  'server.oidc.issuer': httpsUrl,
  'server.oidc.audience': text,
  'server.oidc.role-claim': text,
  'server.oidc.administrators': texts,
  'server.oidc.operators': texts,
  'server.oidc.auditors': texts,
  'clients.*.fingerprint': fingerprint,
  'clients.*.subject': text,
  'clients.*.role': oneOf<ServerRole>(['administrator', 'operator', 'auditor']),
  'folders.*.path': path,
  'targets.*.file': path,
  'targets.*.folder': path,
  'targets.*.command': text,
  'targets.*.store': text,
  'webhooks.*.url': httpsUrl,
  'webhooks.*.secret-file': path,
  'webhooks.*.events': someOf<WebhookEvent>([
    'job.finished',
    'job.failed',
    'status.red',
    'drill.due',
  ]),
};
