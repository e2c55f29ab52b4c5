import { Button, Code, Group, Modal } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAct, usePages, useRoute, type RowOf } from '../api/queries.ts';
import type { Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Filter } from '../frame/filter.tsx';
import { to } from '../frame/links.ts';
import { OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { PagedTable } from '../frame/paged-table.tsx';
import { Problem } from '../frame/problem.tsx';
import { SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';
import { ACTIONS } from './actions.ts';

type Entry = RowOf<'listAudit'>;

/** Everything that was done, by whom, in a chain that shows every change. */
export function AuditPage(): ReactNode {
  const { audit, common, frame } = useWords();
  const [asked] = useAsked();
  const [, go] = useLocation();
  const [shown, setShown] = useState<Entry | null>(null);
  const secrets = useRoute('listSecrets', {});
  const verify = useAct('verifyAudit');
  const { action, secret, backup } = asked;
  const pages = usePages('listAudit', {
    ...(action !== undefined && { action }),
    ...(secret !== undefined && { secret }),
    ...(backup !== undefined && { backup }),
  });
  const columns: readonly Column<Entry>[] = [
    { head: common.when, cell: ({ time }) => <When at={time} exact /> },
    {
      head: audit.action,
      cell: (entry) => (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            setShown(entry);
          }}
        >
          {entry.event.action}
        </Button>
      ),
    },
    {
      head: common.outcome,
      from: 'sm',
      cell: ({ event }) => <OutcomeMark outcome={event.outcome} />,
    },
    { head: common.secret, from: 'md', cell: ({ event }) => textOf(event['secret']) },
    { head: common.who, from: 'sm', cell: ({ actor }) => `${actor.who} (${actor.from})` },
    { head: audit.number, from: 'lg', cell: ({ sequence }) => sequence },
  ];
  return (
    <Page
      title={frame.sides.audit}
      about={audit.about}
      actions={
        <>
          <Button
            variant="default"
            loading={verify.isPending}
            onClick={() => {
              verify.mutate(
                {},
                {
                  onSuccess: ({ id }) => {
                    go(to.job(id));
                  },
                },
              );
            }}
          >
            {audit.verify}
          </Button>
          <Button variant="default" component="a" href="/v1/audit/export" download="audit.jsonl">
            {audit.export}
          </Button>
        </>
      }
    >
      <Problem error={verify.error} />
      <Group align="flex-end">
        <SearchBox />
        <Filter name="action" label={audit.action} options={ACTIONS} />
        <Filter
          name="secret"
          label={common.secret}
          options={secrets.data?.rows.map(({ name }) => name) ?? []}
        />
      </Group>
      <PagedTable
        label={frame.sides.audit}
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        search={asked['q'] ?? ''}
        empty={<Empty title={audit.empty} />}
      />
      <Modal
        opened={shown !== null}
        onClose={() => {
          setShown(null);
        }}
        title={shown?.event.action}
        size="lg"
        closeButtonProps={{ 'aria-label': common.close }}
      >
        <Code block tabIndex={0}>
          {JSON.stringify(shown, null, 2)}
        </Code>
      </Modal>
    </Page>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
