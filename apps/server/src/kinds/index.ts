import type { JobKind } from '../jobs/kind.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { compare } from './compare.ts';
import { drillReminder } from './drill-reminder.ts';
import { drill } from './drill.ts';
import { eject } from './eject.ts';
import { envelopes } from './envelopes.ts';
import { importSecret } from './import.ts';
import { generate, rotate } from './new-version.ts';
import { restore } from './restore.ts';
import { enroll, testToken } from './tokens.ts';
import { verify } from './verify.ts';

/** Every kind of long work. Each checks what it is asked by its own schema. */
export const KINDS: readonly JobKind[] = [
  ...[audit, backup, compare, drill, drillReminder, eject, enroll, envelopes, generate],
  ...[importSecret, restore, rotate, testToken, verify],
] as readonly JobKind[];
