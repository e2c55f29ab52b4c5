import type { Complain, Given, Table } from './read-settings.ts';
import type { ServerRole, WebhookEvent } from './server-words.ts';

/** What the configuration says of the HTTP service. */
export interface ServerConfig {
  /** `HOST:PORT`; `null`: as the command line says. */
  readonly listen: string | null;
  readonly tls: {
    readonly certificate: string;
    readonly key: string;
    readonly clientCa: string | null;
  } | null;
  /** How many jobs run at once, and how many may wait. */
  readonly maxJobs: number;
  readonly maxWaiting: number;
  readonly fourEyes: readonly ('restore' | 'envelopes' | 'import')[];
  /** Milliseconds within which a second administrator has to approve. */
  readonly approveWithin: number;
  /** Milliseconds after which a PIN that nobody uses is forgotten. */
  readonly pinIdle: number;
  /** Milliseconds after which the session of a browser ends in which nobody does anything. */
  readonly sessionIdle: number;
  readonly oidc: OidcConfig | null;
  /** By the name that the audit log has for them. */
  readonly clients: Readonly<Record<string, ClientConfig>>;
  readonly webhooks: Readonly<Record<string, WebhookConfig>>;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds groups or roles. */
  readonly roleClaim: string;
  /** By the value of that claim. */
  readonly roles: Readonly<Record<string, ServerRole>>;
}

/** Whose certificate it is: by one of both. */
export interface ClientConfig {
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string | null;
  /** Its common name. */
  readonly subject: string | null;
  readonly role: ServerRole;
}

export interface WebhookConfig {
  readonly url: string;
  /** Path of the file that holds the secret that messages are signed with. */
  readonly secretFile: string;
  readonly events: readonly WebhookEvent[];
}

/** Where a restore may put a secret. */
export type TargetConfig =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'store'; readonly secret: string };

type Place = (path: string) => string;

const MINUTE = 60_000;

/** Throws what `wrong` makes of settings that do not go together. */
export function serverFrom({ single, named, wrong, places }: Given, place: Place): ServerConfig {
  const at = (name: string): { line: number; column: number } =>
    places.get(name) ?? { line: 1, column: 1 };
  const certificate = single['server.tls.certificate'];
  const key = single['server.tls.key'];
  const clientCa = single['server.tls.client-ca'];
  if ((certificate === undefined) !== (key === undefined)) {
    const there = certificate === undefined ? 'server.tls.key' : 'server.tls.certificate';
    throw wrong(at(there), 'server.tls.certificate and server.tls.key belong together');
  }
  if (clientCa !== undefined && certificate === undefined) {
    throw wrong(at('server.tls.client-ca'), 'server.tls.client-ca takes a certificate and a key');
  }
  return {
    listen: single['server.listen'] ?? null,
    tls:
      certificate === undefined || key === undefined
        ? null
        : {
            certificate: place(certificate),
            key: place(key),
            clientCa: clientCa === undefined ? null : place(clientCa),
          },
    maxJobs: single['server.max-jobs'] ?? 4,
    maxWaiting: single['server.max-waiting'] ?? 100,
    fourEyes: single['server.four-eyes'] ?? [],
    approveWithin: single['server.approve-within'] ?? 15 * MINUTE,
    pinIdle: single['server.pin-idle'] ?? 15 * MINUTE,
    sessionIdle: single['server.session-idle'] ?? 15 * MINUTE,
    oidc: oidcFrom(single, wrong, at),
    clients: fromTables(named.clients, (name, table) => clientFrom(name, table, wrong)),
    webhooks: fromTables(named.webhooks, (name, table) => webhookFrom(name, table, wrong, place)),
  };
}

function oidcFrom(
  single: Given['single'],
  wrong: Complain,
  at: (name: string) => { line: number; column: number },
): OidcConfig | null {
  const issuer = single['server.oidc.issuer'];
  const audience = single['server.oidc.audience'];
  if (issuer === undefined && audience === undefined) return null;
  if (issuer === undefined || audience === undefined) {
    const there = issuer === undefined ? 'server.oidc.audience' : 'server.oidc.issuer';
    throw wrong(at(there), 'server.oidc.issuer and server.oidc.audience belong together');
  }
  const roles: Record<string, ServerRole> = {};
  // The least comes first: who is in two groups has the greater role.
  for (const value of single['server.oidc.auditors'] ?? []) roles[value] = 'auditor';
  for (const value of single['server.oidc.operators'] ?? []) roles[value] = 'operator';
  for (const value of single['server.oidc.administrators'] ?? []) roles[value] = 'administrator';
  return { issuer, audience, roleClaim: single['server.oidc.role-claim'] ?? 'groups', roles };
}

function clientFrom(name: string, { at, settings }: Table, wrong: Complain): ClientConfig {
  const fingerprint = settings['clients.*.fingerprint'] ?? null;
  const subject = settings['clients.*.subject'] ?? null;
  const role = settings['clients.*.role'];
  if (role === undefined) throw wrong(at, `the client ${name} has no role`);
  if ((fingerprint === null) === (subject === null)) {
    throw wrong(at, `the client ${name} takes either a fingerprint or a subject`);
  }
  return { fingerprint, subject, role };
}

function webhookFrom(
  name: string,
  { at, settings }: Table,
  wrong: Complain,
  place: Place,
): WebhookConfig {
  const url = settings['webhooks.*.url'];
  const secretFile = settings['webhooks.*.secret-file'];
  if (url === undefined || secretFile === undefined) {
    throw wrong(at, `the webhook ${name} takes a url and a secret-file`);
  }
  return {
    url,
    secretFile: place(secretFile),
    events: settings['webhooks.*.events'] ?? [
      'job.finished',
      'job.failed',
      'status.red',
      'drill.due',
    ],
  };
}

/** The path of a `[folders.NAME]`. Throws what `wrong` makes of one without. */
export function folderFrom(
  name: string,
  { at, settings }: Table,
  wrong: Complain,
  place: Place,
): string {
  const path = settings['folders.*.path'];
  if (path === undefined) throw wrong(at, `the folder ${name} has no path`);
  return place(path);
}

/** Throws what `wrong` makes of a target that names no place, or several. */
export function targetFrom(
  name: string,
  { at, settings }: Table,
  wrong: Complain,
  place: Place,
): TargetConfig {
  const file = settings['targets.*.file'];
  const folder = settings['targets.*.folder'];
  const line = settings['targets.*.command'];
  const secret = settings['targets.*.store'];
  const found: TargetConfig[] = [];
  if (file !== undefined) found.push({ kind: 'file', path: place(file) });
  if (folder !== undefined) found.push({ kind: 'folder', path: place(folder) });
  if (line !== undefined) found.push({ kind: 'command', line });
  if (secret !== undefined) found.push({ kind: 'store', secret });
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw wrong(at, `the target ${name} takes one of file, folder, command and store`);
  }
  return only;
}

function fromTables<Value>(
  tables: ReadonlyMap<string, Table>,
  make: (name: string, table: Table) => Value,
): Record<string, Value> {
  return Object.fromEntries([...tables].map(([name, table]) => [name, make(name, table)]));
}
