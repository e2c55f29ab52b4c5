import { Alert, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { service } from '../api/service.ts';
import { LossesTable } from '../policies/losses-table.tsx';
import { useWords } from '../words/use-words.ts';

interface SurvivesProps {
  readonly expressions: readonly string[];
}

/** What a backup with these envelopes would survive, or why it cannot be made. */
export function Survives({ expressions }: SurvivesProps): ReactNode {
  const { envelopes, policies } = useWords();
  const said = expressions.filter((it) => it !== '');
  const { data } = useQuery({
    queryKey: ['assessEnvelopes', said],
    queryFn: async ({ signal }) =>
      await service.call('assessEnvelopes', { body: { envelopes: [...said] }, signal }),
    enabled: said.length > 0,
  });
  if (data === undefined || said.length === 0) return null;
  const { faults, losses, unknownCustodians } = data;
  return (
    <Stack gap="xs">
      {faults.map(({ index, words, remedy }) => (
        <Alert key={index} color="red" role="alert" title={envelopes.envelope(index + 1)}>
          {words}. {remedy}
        </Alert>
      ))}
      {unknownCustodians.length === 0 ? null : (
        <Alert color="yellow">
          {policies.unknownCustodians}: {unknownCustodians.join(', ')}
        </Alert>
      )}
      {losses === null ? null : <LossesTable losses={losses} label={envelopes.survives} />}
    </Stack>
  );
}
