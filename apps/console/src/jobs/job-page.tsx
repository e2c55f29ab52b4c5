import type { Job } from '@holdfast/api';
import { Alert, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams } from 'wouter';
import { isOver, useJob } from '../api/use-job.ts';
import { Asked } from '../frame/asked.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import { Approval } from './approval.tsx';
import { JobActions } from './job-actions.tsx';
import { JobMark } from './job-mark.tsx';
import { JobProgress } from './job-progress.tsx';
import { Outcome } from './outcome.tsx';
import { requestFacts } from './request-facts.ts';

/** One job, live: the page can be left and come back to. */
export function JobPage(): ReactNode {
  const { id = '' } = useParams();
  const { jobs, problems } = useWords();
  const { job, error, notes, isCutOff } = useJob(id);
  const answer = {
    data: job ?? undefined,
    error: job === null ? error : null,
    refetch: () => null,
  };
  const kind = job === null ? '…' : (jobs.kinds[job.kind] ?? job.kind);
  const title = typeof job?.secret !== 'string' ? kind : `${kind}: ${job.secret}`;
  return (
    <Page title={title} actions={job === null ? null : <JobActions job={job} />}>
      {isCutOff ? (
        <Alert color="yellow" role="status" title={problems.unreachable}>
          {jobs.goesOn}
        </Alert>
      ) : null}
      <Asked answer={answer}>
        {(shown) => (
          <Stack gap="lg">
            <div role="status">
              <JobMark state={shown.state} size="lg" />
            </div>
            <Approval job={shown} />
            {shown.state === 'awaiting-approval' ? null : <JobProgress job={shown} />}
            {isOver(shown) ? <Outcome job={shown} /> : <Text size="sm">{jobs.mayLeave}</Text>}
            {notes.map((note) => (
              <Text key={note} size="sm">
                {note}
              </Text>
            ))}
            <JobFacts job={shown} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function JobFacts({ job }: { readonly job: Job }): ReactNode {
  const words = useWords();
  const { jobs, common } = words;
  const { secret, backup } = job;
  return (
    <Facts
      of={[
        [
          common.secret,
          secret === null ? null : (
            <PageLink key="s" href={to.secret(secret)}>
              {secret}
            </PageLink>
          ),
        ],
        [
          common.backup,
          backup === null ? null : (
            <PageLink key="b" href={to.backup(backup)}>
              {backup}
            </PageLink>
          ),
        ],
        ...requestFacts(job, words),
        [jobs.askedBy, `${job.who} (${job.from})`],
        [jobs.created, <When key="c" at={job.created} exact />],
        [jobs.started, job.started === null ? null : <When key="s" at={job.started} exact />],
        [jobs.ended, job.ended === null ? null : <When key="e" at={job.ended} exact />],
        [jobs.attempt, job.attempt <= 1 ? null : job.attempt],
        [jobs.id, <code key="i">{job.id}</code>],
      ]}
    />
  );
}
