import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageButton } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { lightOf, Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { AwaitingApproval } from './awaiting-approval.tsx';
import { DueNext } from './due-next.tsx';
import { Finding } from './finding.tsx';
import { MediaMap } from './media-map.tsx';
import type { Status } from './mend.ts';
import { SecretCard } from './secret-card.tsx';

const EVERY = 30_000;

const Timeline = lazy(async () => ({ default: (await import('./timeline.tsx')).Timeline }));

const PolicyLosses = lazy(async () => ({
  default: (await import('./policy-losses.tsx')).PolicyLosses,
}));

/** One page that answers: would we get it back? */
export function SystemPage(): ReactNode {
  const { system } = useWords();
  const may = useMay();
  const status = useRoute('getStatus', { query: {} }, { every: EVERY });
  return (
    <Page
      title={system.question}
      actions={
        <>
          <Button
            variant="default"
            loading={status.isFetching}
            onClick={() => void status.refetch()}
          >
            {system.lookAgain}
          </Button>
          {may('operator') ? <PageButton href={to.backUp()}>{system.backUp}</PageButton> : null}
        </>
      }
    >
      <Asked answer={status}>{(found) => <Standing status={found} />}</Asked>
    </Page>
  );
}

function Standing({ status }: { readonly status: Status }): ReactNode {
  const { system } = useWords();
  const { secrets, findings } = status;
  const general = findings.filter(({ secret }) => secret === null);
  return (
    <Stack gap="xl">
      <Verdict status={status} />
      <AwaitingApproval />
      {general.map((finding) => (
        <Finding key={finding.words} finding={finding} of={undefined} isWhole />
      ))}
      <Section title={system.secrets}>
        {secrets.length === 0 ? (
          <Empty title={system.noSecrets} what={system.noSecretsWhat}>
            <PageButton href={to.backUp()}>{system.backUp}</PageButton>
          </Empty>
        ) : (
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
            {secrets.map((secret) => (
              <SecretCard
                key={secret.name}
                secret={secret}
                findings={findings.filter((it) => it.secret === secret.name)}
              />
            ))}
          </SimpleGrid>
        )}
      </Section>
      <Section title={system.map}>
        <MediaMap status={status} />
      </Section>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
        <Section title={system.timeline} about={system.timelineHelp}>
          <Suspense fallback={<div className="timeline" aria-busy="true" />}>
            <Timeline status={status} />
          </Suspense>
        </Section>
        <Section title={system.due}>
          <DueNext status={status} />
        </Section>
      </SimpleGrid>
      <Section title={system.losses}>
        <Suspense fallback={<div className="timeline" aria-busy="true" />}>
          <PolicyLosses />
        </Suspense>
      </Section>
    </Stack>
  );
}

function Verdict({ status }: { readonly status: Status }): ReactNode {
  const { system } = useWords();
  const { state, secrets, time, host, catalog } = status;
  const isEmpty = secrets.length === 0;
  const answer = isEmpty ? system.answers.none : system.answers[state];
  return (
    <Card withBorder className={`verdict stands-${isEmpty ? 'none' : lightOf(state)}`}>
      <Group gap="md">
        <Mark light={isEmpty ? 'none' : lightOf(state)} size="xl">
          {system.states[state]}
        </Mark>
        <Text fw={600} size="lg" className="grows" role="status">
          {answer}
        </Text>
        <Text size="sm" c="dimmed">
          {host}, {system.asOf} <When at={time} exact />
        </Text>
      </Group>
      {catalog === 'damaged' || catalog === 'lost' ? (
        <Alert color="red" mt="md" role="alert">
          {system.catalogDamaged}
        </Alert>
      ) : null}
    </Card>
  );
}

interface SectionProps {
  readonly title: string;
  readonly about?: string;
  readonly children: ReactNode;
}

function Section({ title, about, children }: SectionProps): ReactNode {
  return (
    <Stack component="section" gap="sm">
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        {about === undefined ? null : (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
