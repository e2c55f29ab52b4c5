import { Alert, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';

const EVERY = 30_000;

/** What waits for another administrator, where anything does. */
export function AwaitingApproval(): ReactNode {
  const { jobs } = useWords();
  const waiting = useRoute(
    'listJobs',
    { query: { state: 'awaiting-approval', limit: 20 } },
    { every: EVERY },
  );
  const rows = waiting.data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <Alert color="yellow" title={jobs.states['awaiting-approval']}>
      <Stack gap={4}>
        {rows.map(({ id, kind, secret, who, created }) => (
          <Text key={id} size="sm">
            <PageLink href={to.job(id)}>
              {[jobs.kinds[kind] ?? kind, secret].filter(Boolean).join(': ')}
            </PageLink>
            , {who}, <When at={created} />
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}
