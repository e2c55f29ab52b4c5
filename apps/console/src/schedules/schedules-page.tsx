import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct, useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Confirm } from '../frame/confirm.tsx';
import { Empty } from '../frame/empty.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { matches, SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { ScheduleDialog } from './schedule-dialog.tsx';

type Schedule = Got<'listSchedules'>['rows'][number];

/** What is done again and again, and how it went. */
export function SchedulesPage(): ReactNode {
  const { schedules, frame } = useWords();
  const may = useMay();
  const [asked] = useAsked();
  const [edited, setEdited] = useState<Schedule | 'new' | null>(null);
  const listed = useRoute('listSchedules', {});
  const add = may('administrator') ? (
    <Button
      onClick={() => {
        setEdited('new');
      }}
    >
      {schedules.add}
    </Button>
  ) : null;
  return (
    <Page title={frame.sides.schedules} about={schedules.about} actions={add}>
      <Group>
        <SearchBox />
      </Group>
      <Asked answer={listed}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={schedules.empty} what={schedules.emptyWhat}>
              {add}
            </Empty>
          ) : (
            <Stack>
              {rows
                .filter((row) => matches(row, asked['q'] ?? ''))
                .map((row) => (
                  <ScheduleCard
                    key={row.name}
                    schedule={row}
                    onEdit={() => {
                      setEdited(row);
                    }}
                  />
                ))}
            </Stack>
          )
        }
      </Asked>
      {edited === null ? null : (
        <ScheduleDialog
          schedule={edited === 'new' ? null : edited}
          onClose={() => {
            setEdited(null);
          }}
        />
      )}
    </Page>
  );
}

const SHOWN = 5;
const LIGHTS = { begun: 'good', missed: 'doubt', failed: 'bad' } as const;

interface ScheduleCardProps {
  readonly schedule: Schedule;
  readonly onEdit: () => void;
}

function ScheduleCard({ schedule, onEdit }: ScheduleCardProps): ReactNode {
  const { schedules, common } = useWords();
  const may = useMay();
  const remove = useAct('removeSchedule');
  const { name, cron, zone, what, request, next, runs, enabled, changed, changedBy } = schedule;
  return (
    <Card withBorder component="article">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {name}
          </Title>
          {may('administrator') ? (
            <Group gap="xs">
              <Button variant="default" onClick={onEdit}>
                {schedules.change}
              </Button>
              <Confirm
                act={common.remove}
                title={schedules.removeTitle(name)}
                onConfirm={async () => await remove.mutateAsync({ params: { name } })}
              >
                {schedules.removeWhat}
              </Confirm>
            </Group>
          ) : null}
        </Group>
        <Facts
          of={[
            [schedules.what, schedules.whats[what]],
            [common.secret, typeof request['secret'] === 'string' ? request['secret'] : common.all],
            [schedules.cron, <code key="c">{`${cron} (${zone})`}</code>],
            [schedules.next, enabled ? <When key="n" at={next} exact /> : schedules.off],
            [
              schedules.changed,
              <span key="w">
                <When at={changed} />, {changedBy}
              </span>,
            ],
          ]}
        />
        {runs.slice(0, SHOWN).map(({ due, state, job, why }) => (
          <Group key={due} gap="xs">
            <Mark light={LIGHTS[state]} size="sm">
              {schedules.runs[state]}
            </Mark>
            <Text size="sm">
              <When at={due} exact />
            </Text>
            {job === null ? null : <PageLink href={to.job(job)}>{schedules.job}</PageLink>}
            {why === null ? null : <Text size="sm">{why}</Text>}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
