import { status, type StatusReport } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

const DAY = 86_400_000;

/** A copy that is to be drilled. */
export interface DueDrill {
  readonly secret: string;
  readonly where: string;
  readonly due: string;
}

/** Finds the copies whose drill is due soon, or is overdue; whoever listens to webhooks is told. */
export const drillReminder: JobKind<{
  readonly secret?: string | undefined;
  readonly ahead: number;
}> = {
  kind: 'drill-reminder',
  request: z.strictObject({ secret: z.string().optional(), ahead: z.number() }),
  about: ({ secret }) => (secret === undefined ? {} : { secret }),
  needs: () => [],
  repeatable: true,
  async run({ secret, ahead }, { run, service }) {
    const { policies, secrets } = service.config;
    const only = secret === undefined ? [] : [secret];
    const report = await status({ only, policies, secrets }, run);
    return { result: { due: dueDrills(report, Date.parse(report.time) + ahead * DAY) } };
  },
};

function dueDrills({ secrets }: StatusReport, until: number): DueDrill[] {
  const due = secrets.flatMap(({ name, copies }) =>
    copies.flatMap(({ where, drillDueAt, counts }) =>
      counts && drillDueAt !== null && Date.parse(drillDueAt) <= until
        ? [{ secret: name, where, due: drillDueAt }]
        : [],
    ),
  );
  return due.toSorted((a, b) => a.due.localeCompare(b.due));
}
