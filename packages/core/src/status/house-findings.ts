import type { AuditEntry, JobRow, MediumRow } from '@holdfast/catalog';
import { nameOfRow } from '../register/known-media.ts';
import { count, someOf } from './in-words.ts';
import { holdfast } from './mend.ts';
import type { Finding } from './report.ts';
import type { Found } from './rule.ts';

/** What is known beside the secrets themselves. */
export interface HouseView {
  readonly catalog: 'ok' | 'none' | 'damaged' | 'lost';
  readonly media: readonly MediumRow[];
  /** An entry of the audit log that lies in the future. */
  readonly ahead: Pick<AuditEntry, 'time' | 'sequence'> | null;
  /** What waits in the journal, and what is damaged there. */
  readonly journal: { readonly waiting: number; readonly damaged: number };
  /** How many secrets the configuration, the catalog and the store know. */
  readonly secrets: number;
  /** Interrupted work that was not about one secret, or about one of which there is no backup yet. */
  readonly interrupted: readonly JobRow[];
}

/** The rules for everything that is not about one secret, in the order in which they are told. */
const RULES: readonly ((view: HouseView) => Iterable<Found>)[] = [
  catalogGone,
  nothingKnown,
  clockSetBack,
  journalPending,
  clonedMedia,
  interruptedJob,
];

export function houseFindings(view: HouseView): readonly Finding[] {
  return RULES.flatMap((rule) => [...rule(view)].map((found) => ({ ...found, secret: null })));
}

function* catalogGone({ catalog }: HouseView): Iterable<Found> {
  const mend = holdfast('catalog', 'rebuild', 'usb');
  if (catalog === 'damaged') {
    const words = 'the catalog is damaged: what was backed up, and where, is not known';
    yield { code: 'catalog-damaged', severity: 'critical', words, mend };
  }
  if (catalog === 'lost') {
    const words = 'the catalog is gone: what was backed up, and where, is not known';
    yield { code: 'catalog-lost', severity: 'critical', words, mend };
  }
}

/** More likely the wrong state folder than nothing to keep: silence would look like health. */
function* nothingKnown({ catalog, secrets }: HouseView): Iterable<Found> {
  if (secrets > 0 || catalog === 'damaged' || catalog === 'lost') return;
  const words = 'no secret is known here, so there is nothing that could be well';
  const mend = holdfast('discover');
  yield { code: 'nothing-known', severity: 'warning', words, mend };
}

function* clockSetBack({ ahead }: HouseView): Iterable<Found> {
  if (ahead === null) return;
  const which = `entry ${String(ahead.sequence)} of the audit log is from ${ahead.time}`;
  const words = `${which}, which is to come: a clock was set back, and nothing from then counts as fresh`;
  const mend = 'timedatectl set-ntp true';
  yield { code: 'clock-set-back', severity: 'warning', words, mend };
}

function* journalPending({ journal }: HouseView): Iterable<Found> {
  const { waiting, damaged } = journal;
  const parts = [
    waiting > 0 ? `${count(waiting, 'act waits', 'acts wait')} for the catalog` : null,
    damaged > 0 ? `${count(damaged, 'act', 'acts')} cannot be read any more` : null,
  ].filter((it) => it !== null);
  if (parts.length === 0) return;
  const words = `in the journal, ${someOf(parts)}`;
  const mend = holdfast('catalog', 'show');
  yield { code: 'journal-pending', severity: 'warning', words, mend };
}

/** By its UUID alone, nobody can tell which of them is meant. */
function* clonedMedia({ media }: HouseView): Iterable<Found> {
  const byUuid = Map.groupBy(media, ({ uuid }) => uuid);
  for (const [uuid, same] of byUuid) {
    if (uuid === null || uuid === '' || same.length < 2) continue;
    const words = `${someOf(same.map((row) => nameOfRow(row)))} have one UUID, ${uuid}: one is a clone`;
    const mend = holdfast('media', 'list');
    yield { code: 'cloned-media', severity: 'warning', words, mend };
  }
}

function* interruptedJob({ interrupted }: HouseView): Iterable<Found> {
  for (const { kind, secret, beganAt } of interrupted) {
    const writes = kind === 'backup' || kind === 'envelopes';
    const what = secret === null ? kind : `${kind} of ${secret}`;
    const words = `${what}, begun at ${beganAt}, was interrupted`;
    const mend = holdfast('audit', 'list', '--action', 'job.interrupted');
    yield { code: 'interrupted-job', severity: writes ? 'warning' : 'note', words, mend };
  }
}
