import type { Job } from '@holdfast/api';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAct } from '../api/queries.ts';
import { Confirm } from '../frame/confirm.tsx';
import { Copyable } from '../frame/copyable.tsx';
import { Problem } from '../frame/problem.tsx';
import { When } from '../frame/when.tsx';
import { useMay, useSession } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

/** Four eyes: who has to approve it, who did, and until when. */
export function Approval({ job }: { readonly job: Job }): ReactNode {
  const { jobs } = useWords();
  const { approval, state, who, id } = job;
  const { session } = useSession();
  const may = useMay();
  const approve = useAct('approveJob');
  const reject = useAct('rejectJob');
  if (approval === null) return null;
  if (approval.by !== null) {
    return (
      <Text size="sm">
        {state === 'rejected' ? jobs.rejectedBy(approval.by) : jobs.approvedBy(approval.by)}{' '}
        <When at={approval.at} />
      </Text>
    );
  }
  if (state !== 'awaiting-approval') return null;
  const isOwn = who === session.name;
  return (
    <Alert color="yellow" title={isOwn ? jobs.waitsForOther : jobs.waitsForYou(who)}>
      <Stack gap="sm">
        <Text size="sm">
          {jobs.approveBefore} <When at={approval.before} />
        </Text>
        {isOwn || !may('administrator') ? (
          <Copyable text={location.href} label={jobs.address} />
        ) : (
          <Group>
            <Button
              loading={approve.isPending}
              onClick={() => {
                approve.mutate({ params: { id } });
              }}
            >
              {jobs.approve}
            </Button>
            <Confirm
              act={jobs.reject}
              title={jobs.rejectTitle}
              onConfirm={async () => await reject.mutateAsync({ params: { id } })}
            >
              {jobs.rejectWhat}
            </Confirm>
          </Group>
        )}
        <Problem error={approve.error} />
      </Stack>
    </Alert>
  );
}
