import type { Job } from '@holdfast/api';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAct } from '../api/queries.ts';
import { isOver } from '../api/use-job.ts';
import { Confirm } from '../frame/confirm.tsx';
import { PageButton } from '../frame/link.tsx';
import { useMay, useSession } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { againAt } from './again.ts';

/** What can be done with a job: end it, take its file along, print what became of it. */
export function JobActions({ job }: { readonly job: Job }): ReactNode {
  const { jobs, common } = useWords();
  const { session } = useSession();
  const may = useMay();
  const cancel = useAct('cancelJob');
  if (!isOver(job)) {
    if (!may('operator')) return null;
    return (
      <Confirm
        act={jobs.cancel}
        title={jobs.cancelTitle}
        onConfirm={async () => await cancel.mutateAsync({ params: { id: job.id } })}
      >
        {jobs.cancelWhat}
      </Confirm>
    );
  }
  const again = job.state === 'finished' ? null : againAt(job);
  return (
    <>
      {job.file && job.who === session.name ? (
        <Button component="a" href={`/v1/jobs/${job.id}/file`} download>
          {jobs.fetch}
        </Button>
      ) : null}
      {again === null || !may('operator') ? null : (
        <PageButton href={again} variant="default">
          {jobs.again}
        </PageButton>
      )}
      <Button
        variant="default"
        onClick={() => {
          print();
        }}
      >
        {common.print}
      </Button>
    </>
  );
}
