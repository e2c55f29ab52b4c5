import { Card, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { InWords } from '../envelopes/composer.tsx';
import { spanText } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { useSpoken, useWords } from '../words/use-words.ts';
import { LossesTable } from './losses-table.tsx';

type Checked = Got<'checkPolicies'>;
type Policy = Got<'listPolicies'>['rows'][number];

/** Policies, their rules, which losses they survive, and which backups break them. */
export function PoliciesPage(): ReactNode {
  const { policies, frame } = useWords();
  const listed = useRoute('listPolicies', {});
  const checked = useRoute('checkPolicies', { query: {} });
  return (
    <Page title={frame.sides.policies} about={policies.about}>
      <Asked answer={listed}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={policies.empty} what={policies.emptyWhat} />
          ) : (
            <Stack>
              {rows.map((row) => (
                <PolicyCard
                  key={row.name}
                  policy={row}
                  checked={checked.data?.policies.find((it) => it.policy.name === row.name)}
                />
              ))}
            </Stack>
          )
        }
      </Asked>
      <Asked answer={checked}>{(found) => <Backups checked={found} />}</Asked>
    </Page>
  );
}

interface PolicyCardProps {
  readonly policy: Policy;
  readonly checked: Checked['policies'][number] | undefined;
}

function PolicyCard({ policy, checked }: PolicyCardProps): ReactNode {
  const { words, locale } = useSpoken();
  const { policies, common } = words;
  const span = (time: number | null): string | null =>
    time === null ? null : spanText(time, locale);
  return (
    <Card withBorder component="section">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {policy.name}
        </Title>
        <InWords expressions={policy.envelopes} />
        <Facts
          of={[
            [
              policies.secrets,
              checked === undefined || checked.secrets.length === 0
                ? common.none
                : checked.secrets.join(', '),
            ],
            [policies.copies, policy.copies],
            [policies.maxAge, span(policy.maxAge)],
            [policies.drillEvery, span(policy.drillEvery)],
            [policies.checkCustodiansEvery, span(policy.checkCustodiansEvery)],
            [policies.requireToken, policy.requireToken ? common.yes : null],
            [policies.waive, policy.waive.length === 0 ? null : policy.waive.join(', ')],
            [
              policies.unknownCustodians,
              checked === undefined || checked.unknownCustodians.length === 0
                ? null
                : checked.unknownCustodians.join(', '),
            ],
          ]}
        />
        {checked === undefined ? null : (
          <>
            <Broken violations={checked.violations} />
            <LossesTable losses={checked.losses} label={policy.name} />
          </>
        )}
      </Stack>
    </Card>
  );
}

function Broken({ violations }: Pick<Checked['policies'][number], 'violations'>): ReactNode {
  return violations.map(({ words }) => (
    <div key={words}>
      <Mark light="bad" size="sm">
        {words}
      </Mark>
    </div>
  ));
}

function Backups({ checked }: { readonly checked: Checked }): ReactNode {
  const { policies, backups } = useWords();
  const { backups: rows, neverBackedUp } = checked;
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {policies.backups}
      </Title>
      {rows.length + neverBackedUp.length === 0 ? <Empty title={policies.noBackups} /> : null}
      {neverBackedUp.map(({ secret }) => (
        <Card key={secret} withBorder>
          <PageLink href={to.secret(secret)}>{secret}</PageLink>{' '}
          <Mark light="bad">{policies.neverBackedUp}</Mark>
        </Card>
      ))}
      {rows.map(({ id, secret, losses, violations }) => (
        <Card key={id} withBorder>
          <Stack gap="xs">
            <Title order={3} size="h5">
              <PageLink href={to.backup(id)}>{secret ?? backups.discreet}</PageLink>
            </Title>
            <Broken violations={violations} />
            <LossesTable losses={losses} label={secret ?? id} />
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}
