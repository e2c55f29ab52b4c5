import { JOB_STATES, type Job } from '@holdfast/api';
import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePages, type RowOf } from '../api/queries.ts';
import type { Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Filter } from '../frame/filter.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Page } from '../frame/page.tsx';
import { PagedTable } from '../frame/paged-table.tsx';
import { SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import { JobMark } from './job-mark.tsx';

/** What the service does, did, and waits with. */
export function JobsPage(): ReactNode {
  const { jobs, common, frame } = useWords();
  const [asked] = useAsked();
  const { state, kind } = asked;
  const pages = usePages('listJobs', {
    ...(state !== undefined && { state: state as Job['state'] }),
    ...(kind !== undefined && { kind }),
  });
  const columns: readonly Column<RowOf<'listJobs'>>[] = [
    {
      head: jobs.kind,
      cell: (job) => <PageLink href={to.job(job.id)}>{jobs.kinds[job.kind] ?? job.kind}</PageLink>,
    },
    { head: common.state, cell: (job) => <JobMark state={job.state} size="sm" /> },
    { head: common.secret, from: 'sm', cell: ({ secret }) => secret },
    { head: common.who, from: 'md', cell: ({ who }) => who },
    { head: common.when, cell: ({ created }) => <When at={created} /> },
    { head: common.outcome, from: 'lg', cell: ({ failure }) => failure?.message },
  ];
  return (
    <Page title={frame.sides.jobs} about={jobs.about}>
      <Group align="flex-end">
        <SearchBox />
        <Filter
          name="state"
          label={common.state}
          options={JOB_STATES.map((value) => ({ value, label: jobs.states[value] }))}
        />
        <Filter
          name="kind"
          label={jobs.kind}
          options={Object.entries(jobs.kinds).map(([value, label]) => ({ value, label }))}
        />
      </Group>
      <PagedTable
        label={frame.sides.jobs}
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        search={asked['q'] ?? ''}
        empty={<Empty title={jobs.empty} what={jobs.emptyWhat} />}
      />
    </Page>
  );
}
