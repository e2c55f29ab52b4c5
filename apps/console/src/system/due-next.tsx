import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Empty } from '../frame/empty.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { useNow } from '../frame/use-now.ts';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import type { Status } from './mend.ts';

const MOST = 8;

interface Due {
  readonly kind: 'drill' | 'custodian' | 'schedule';
  readonly name: string;
  readonly at: string;
  readonly href: string;
}

/** What is to be done next, and when. */
export function DueNext({ status }: { readonly status: Status }): ReactNode {
  const { system } = useWords();
  const now = useNow();
  const custodians = useRoute('listCustodians', {});
  const schedules = useRoute('listSchedules', {});
  const due = dueOf(status, custodians.data?.rows ?? [], schedules.data?.rows ?? []);
  if (due.length === 0) return <Empty title={system.dueEmpty} />;
  return (
    <Stack gap="xs" component="ul" className="plain-list">
      {due.slice(0, MOST).map(({ kind, name, at, href }) => (
        <Group key={`${kind} ${name}`} component="li" justify="space-between" gap="xs">
          <Text size="sm">
            {system.dueKinds[kind]}: <PageLink href={href}>{name}</PageLink>
          </Text>
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              <When at={at} />
            </Text>
            {Date.parse(at) < now ? (
              <Mark light="doubt" size="sm">
                {system.overdue}
              </Mark>
            ) : null}
          </Group>
        </Group>
      ))}
    </Stack>
  );
}

function dueOf(
  { secrets }: Status,
  custodians: Got<'listCustodians'>['rows'],
  schedules: Got<'listSchedules'>['rows'],
): readonly Due[] {
  const drills = secrets.flatMap(({ name, drillDueAt: at, newest }) => {
    const href = newest === null ? to.secret(name) : to.drill({ backup: newest.id });
    return at === null ? [] : [{ kind: 'drill' as const, name, at, href }];
  });
  const checks = custodians.flatMap(({ name, dueAt: at }) =>
    at === null ? [] : [{ kind: 'custodian' as const, name, at, href: to.custodians }],
  );
  const runs = schedules.flatMap(({ name, next: at }) =>
    at === null ? [] : [{ kind: 'schedule' as const, name, at, href: to.schedules }],
  );
  return [...drills, ...checks, ...runs].toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
