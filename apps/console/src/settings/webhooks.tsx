import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { Mark } from '../frame/mark.tsx';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';

const LIGHTS = { waiting: 'doubt', delivered: 'good', 'given-up': 'bad' } as const;
const SHOWN = 5;

/** Who is told of what, and whether the last messages came through. */
export function Webhooks(): ReactNode {
  const { settings } = useWords();
  const listed = useRoute('listWebhooks', {});
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {settings.webhooks}
      </Title>
      <Asked answer={listed}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={settings.noWebhooks} what={settings.noWebhooksWhat} />
          ) : (
            rows.map(({ name, to, events, deliveries }) => (
              <Card key={name} withBorder>
                <Text fw={600}>
                  {name}: {to}
                </Text>
                <Text size="sm">{events.join(', ')}</Text>
                {deliveries.slice(0, SHOWN).map(({ id, state, created, outcome }) => (
                  <Group key={id} gap="xs">
                    <Mark size="sm" light={LIGHTS[state]}>
                      {settings.deliveries[state]}
                    </Mark>
                    <Text size="sm">
                      <When at={created} /> {outcome}
                    </Text>
                  </Group>
                ))}
              </Card>
            ))
          )
        }
      </Asked>
    </Stack>
  );
}
