import { Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Got } from '../api/queries.ts';
import { Mark } from '../frame/mark.tsx';
import { useWords } from '../words/use-words.ts';

export type Losses = NonNullable<Got<'assessEnvelopes'>['losses']>;

const LIGHTS = { yes: 'good', perhaps: 'doubt', no: 'bad' } as const;

/** What can be lost, one thing at a time, and whether the secret comes back all the same. */
export function LossesTable({
  losses,
  label,
}: {
  readonly losses: Losses;
  readonly label: string;
}): ReactNode {
  const { policies } = useWords();
  const { single, pairs, morePairs } = losses;
  return (
    <Stack gap="xs">
      <Table verticalSpacing={4} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{policies.lost}</Table.Th>
            <Table.Th scope="col">{policies.comesBack}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {single.map(({ words, restorable }) => (
            <Table.Tr key={words}>
              <Table.Td>{words}</Table.Td>
              <Table.Td>
                <Mark light={LIGHTS[restorable]} size="sm">
                  {policies.restorable[restorable]}
                </Mark>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {pairs.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {policies.pairs} {pairs.map((pair) => pair.join(` ${policies.and} `)).join('; ')}
          {morePairs ? ` ${policies.morePairs}` : ''}
        </Text>
      )}
    </Stack>
  );
}
