import { Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Empty } from '../frame/empty.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/en/index.ts';
import { placesOf, type Holder, type Place } from './places.ts';
import type { Status } from './mend.ts';

/** Places, what lies there, and which copies are on it. */
export function MediaMap({ status }: { readonly status: Status }): ReactNode {
  const { system } = useWords();
  const places = placesOf(status);
  if (places.length === 0) return <Empty title={system.mapEmpty} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {places.map((place) => (
        <Card key={`${place.kind} ${place.name}`} withBorder component="section">
          <Stack gap="sm">
            <Title order={3} size="h5">
              {nameOf(place, system)}
            </Title>
            {place.holders.map((holder) => (
              <HolderView key={holder.name} holder={holder} />
            ))}
          </Stack>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function nameOf({ kind, name }: Place, { folderOn, nowhere }: Words['system']): string {
  if (kind === 'machine') return folderOn(name);
  return kind === 'location' ? name : nowhere;
}

function HolderView({ holder }: { readonly holder: Holder }): ReactNode {
  const { system } = useWords();
  const { name, medium, seenAt, copies } = holder;
  return (
    <Stack gap={4} className="holder">
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm" className="cut">
          {medium === null ? name : <PageLink href={to.medium(medium)}>{name}</PageLink>}
        </Text>
        {seenAt === null ? null : (
          <Text size="xs" c="dimmed">
            {system.seen} <When at={seenAt} />
          </Text>
        )}
      </Group>
      <Group gap={6}>
        {copies.map(({ secret, counts, of }) => (
          <Mark key={secret} light={counts > 0 ? 'good' : 'doubt'} size="sm">
            {of === 1 ? secret : `${secret} ×${String(of)}`}
            <span className="heard">{counts > 0 ? system.counts : system.countsNot}</span>
          </Mark>
        ))}
      </Group>
    </Stack>
  );
}
