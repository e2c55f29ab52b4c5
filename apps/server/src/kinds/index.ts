import type { JobKind } from '../jobs/ports.ts';
import { drillReminder } from './drill-reminder.ts';

/** Every kind of long work. Each checks what it is asked by its own schema. */
export const KINDS: readonly JobKind[] = [drillReminder] as unknown as readonly JobKind[];
