import type { JobTable, ServiceJob } from '../ports.ts';

/** The jobs that wait in line, the oldest first. */
export async function waitingJobs(jobs: JobTable): Promise<readonly ServiceJob[]> {
  const found: ServiceJob[] = [];
  for (let after: string | undefined; ;) {
    const page = await jobs.list({
      states: ['queued'],
      limit: 1000,
      ...(after !== undefined && { after }),
    });
    found.push(...page.rows);
    if (page.next === null) return found.toReversed();
    after = page.next;
  }
}

/** One after another, and no more of them than it takes to know. */
export async function hasAll(
  needs: readonly string[],
  can: (need: string) => Promise<boolean>,
): Promise<boolean> {
  for (const need of needs) if (!(await can(need))) return false;
  return true;
}
