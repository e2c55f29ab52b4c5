import type { Waiver } from '../backup-file/manifest.ts';
import { SERVER_SETTINGS, type ServerSettings } from './server-settings.ts';
import {
  databaseUrl,
  duration,
  envelopes,
  flag,
  keyUri,
  mediaNames,
  path,
  paths,
  someOf,
  text,
  wholeNumber,
  type Setting,
} from './value-kinds.ts';

/** Everything that a configuration file can say, by dotted names; `[]` is one table of an array, `*` any name. */
export interface Settings extends ServerSettings {
  /** Folder of the signing identity and the secret store. */
  state?: string;
  /** Group whose members may use the store besides its owner. */
  group?: string;
  /** File of the signers that are trusted, in ssh-keygen's allowed_signers format. */
  trust?: string;
  'require-signed'?: boolean;
  /** The secret in the store that the spellings of the ancestor work on. */
  secret?: string;
  'backup.envelopes'?: readonly string[];
  'backup.discreet'?: boolean;
  'backup.work-factor'?: number;
  'backup.require-token'?: boolean;
  /** A PostgreSQL database, instead of a file in the state folder. */
  'catalog.url'?: string;
  /** A PKCS#11 module. */
  'modules[].path'?: string;
  'modules[].init-args'?: string;
  /** Labels, UUIDs or serial numbers of media that nothing is ever written to. */
  'media.protected'?: readonly string[];
  /** Nothing is written to a medium that the register does not know. */
  'media.only-known'?: boolean;
  /** The URI of a key on a token, under a name of its own. */
  'tokens.*'?: string;
  /** A policy; durations are in milliseconds. */
  'policies.*.envelopes'?: readonly string[];
  'policies.*.require-token'?: boolean;
  'policies.*.copies'?: number;
  'policies.*.max-age'?: number;
  'policies.*.drill-every'?: number;
  'policies.*.check-custodians-every'?: number;
  'policies.*.independent-recovery'?: boolean;
  'policies.*.waive'?: readonly Waiver[];
  /** A secret: the policy of its backups, where it lives, and how often to look whether it was changed. */
  'secrets.*.policy'?: string;
  'secrets.*.source'?: readonly string[];
  'secrets.*.source-command'?: string;
  'secrets.*.check-live-every'?: number;
}

/** The settings there are, by their dotted names. */
export const SETTINGS: {
  readonly [Name in keyof Settings]-?: Setting<NonNullable<Settings[Name]>>;
} = {
  state: path,
  group: text,
  trust: path,
  'require-signed': flag,
  secret: text,
  'backup.envelopes': envelopes,
  'backup.discreet': flag,
  'backup.work-factor': wholeNumber(18, 20),
  'backup.require-token': flag,
  'catalog.url': databaseUrl,
  'media.protected': mediaNames,
  'media.only-known': flag,
  'modules[].path': path,
  'modules[].init-args': text,
  'tokens.*': keyUri,
  'policies.*.envelopes': envelopes,
  'policies.*.require-token': flag,
  'policies.*.copies': wholeNumber(1, 99),
  'policies.*.max-age': duration,
  'policies.*.drill-every': duration,
  'policies.*.check-custodians-every': duration,
  'policies.*.independent-recovery': flag,
  'policies.*.waive': someOf<Waiver>(['single-point-of-failure']),
  'secrets.*.policy': text,
  'secrets.*.source': paths,
  'secrets.*.source-command': text,
  'secrets.*.check-live-every': duration,
  ...SERVER_SETTINGS,
};
