import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Facts } from '../frame/facts.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { lightOf, Mark } from '../frame/mark.tsx';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import { Finding } from './finding.tsx';
import type { Finding as Found, SecretStatus } from './mend.ts';

interface SecretCardProps {
  readonly secret: SecretStatus;
  readonly findings: readonly Found[];
}

/** How one secret stands. */
export function SecretCard({ secret, findings }: SecretCardProps): ReactNode {
  const { system } = useWords();
  return (
    <Card withBorder component="article" className={`stands-${lightOf(secret.state)}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={3} size="h4" className="cut">
            <PageLink href={to.secret(secret.name)}>{secret.name}</PageLink>
          </Title>
          <Mark light={lightOf(secret.state)} size="lg">
            {system.states[secret.state]}
          </Mark>
        </Group>
        <SecretFacts secret={secret} />
        {findings.map((finding) => (
          <Finding key={`${finding.code} ${finding.words}`} finding={finding} of={secret} />
        ))}
      </Stack>
    </Card>
  );
}

export function SecretFacts({ secret }: { readonly secret: SecretStatus }): ReactNode {
  const { system, common } = useWords();
  const { newest, policy, copiesCounted, copiesWanted, verifiedAt, drilledAt, drillDueAt } = secret;
  const copies = (
    <Text span inherit fw={600}>
      {system.copiesOf(copiesCounted, copiesWanted)}
    </Text>
  );
  return (
    <Facts
      of={[
        [common.copyOf, copies],
        [
          system.newest,
          newest === null ? (
            common.never
          ) : (
            <PageLink href={to.backup(newest.id)}>
              <When at={newest.created} />
            </PageLink>
          ),
        ],
        [system.verified, <When key="v" at={verifiedAt} />],
        [system.drilled, <When key="d" at={drilledAt} />],
        [system.drillDue, drillDueAt === null ? null : <When key="n" at={drillDueAt} />],
        [system.live, system.liveStates[secret.live.state]],
        [system.policy, policy ?? system.noPolicy],
      ]}
    />
  );
}
