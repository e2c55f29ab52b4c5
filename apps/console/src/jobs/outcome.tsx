import type { Job } from '@holdfast/api';
import { Alert, Code, Spoiler, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { useWords } from '../words/use-words.ts';
import { BackupReceipt } from './backup-receipt.tsx';

const RECEIPTS = ['backup', 'generate', 'rotate'];

/** What became of a job. */
export function Outcome({ job }: { readonly job: Job }): ReactNode {
  const { jobs } = useWords();
  const { failure, result, kind, state, file, backup } = job;
  return (
    <Stack>
      {failure === null ? null : (
        <Alert color="red" role="alert" title={jobs.failed}>
          <Stack gap="xs">
            <Text size="sm">{failure.message}</Text>
            <Text size="sm" fw={600}>
              {failure.remedy}
            </Text>
            <Code className="narrow">{failure.code}</Code>
          </Stack>
        </Alert>
      )}
      {state === 'finished' && !RECEIPTS.includes(kind) ? (
        <Alert color="green" role="status" title={jobs.done[kind] ?? jobs.states.finished}>
          {file ? jobs.fileWaits : null}
          {kind === 'drill' && typeof result?.['id'] === 'string' ? (
            <PageLink href={to.drillReceipt(result['id'])}>{jobs.receipt}</PageLink>
          ) : backup === null ? null : (
            <PageLink href={to.backup(backup)}>{jobs.seeBackup}</PageLink>
          )}
        </Alert>
      ) : null}
      {RECEIPTS.includes(kind) && result !== null ? <BackupReceipt job={job} /> : null}
      {result === null || RECEIPTS.includes(kind) ? null : (
        <Spoiler
          maxHeight={120}
          showLabel={jobs.showAll}
          hideLabel={jobs.showLess}
          className="no-print"
        >
          <Code block tabIndex={0}>
            {JSON.stringify(result, null, 2)}
          </Code>
        </Spoiler>
      )}
    </Stack>
  );
}
