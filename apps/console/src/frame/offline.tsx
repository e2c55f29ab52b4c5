import { ServiceUnreachable } from '@holdfast/api/client';
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { service } from '../api/service.ts';
import { useWords } from '../words/use-words.ts';

const EVERY = 5000;
const AGAIN = 2000;

/** Says that the service cannot be reached, as long as that is so. */
export function Offline(): ReactNode {
  const { problems } = useWords();
  const { error } = useQuery({
    queryKey: ['reachable'],
    queryFn: async ({ signal }) => (await service.call('showSession', { signal })).name,
    refetchInterval: ({ state }) => (state.error === null ? EVERY : AGAIN),
    refetchIntervalInBackground: false,
  });
  if (!(error instanceof ServiceUnreachable)) return null;
  return (
    <Alert color="red" role="alert" mb="md" title={problems.unreachable}>
      {problems.comesBack}
    </Alert>
  );
}
