import { Card, SimpleGrid, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { LossesTable } from '../policies/losses-table.tsx';
import { useWords } from '../words/use-words.ts';

/** Each policy with what it survives. */
export function PolicyLosses(): ReactNode {
  const { system } = useWords();
  const checked = useRoute('checkPolicies', { query: {} });
  return (
    <Asked answer={checked}>
      {({ policies }) =>
        policies.length === 0 ? (
          <Empty title={system.lossesEmpty} />
        ) : (
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            {policies.map(({ policy: { name }, losses }) => (
              <Card key={name} withBorder>
                <Stack gap="xs">
                  <Title order={3} size="h5">
                    <PageLink href={to.policies}>{name}</PageLink>
                  </Title>
                  <LossesTable losses={losses} label={name} />
                </Stack>
              </Card>
            ))}
          </SimpleGrid>
        )
      }
    </Asked>
  );
}
