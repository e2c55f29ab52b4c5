import { Button, Group, Stack, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct, useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Confirm } from '../frame/confirm.tsx';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Mark } from '../frame/mark.tsx';
import { useNow } from '../frame/use-now.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { AccessDialog } from './access-dialog.tsx';

type Row = Got<'listAccess'>['rows'][number];

/** Who has an access token; never the token. */
export function AccessTokens(): ReactNode {
  const { settings, common, roles } = useWords();
  const may = useMay();
  const now = useNow();
  const [isOpen, setOpen] = useState(false);
  const listed = useRoute('listAccess', {});
  const columns: readonly Column<Row>[] = [
    { head: common.name, cell: ({ name }) => name },
    { head: settings.role, cell: ({ role }) => roles[role] },
    {
      head: common.state,
      cell: ({ removedAt, expires }) => {
        if (removedAt !== null) return <Mark light="none">{settings.revoked}</Mark>;
        const isOver = expires !== null && Date.parse(expires) <= now;
        return (
          <Mark light={isOver ? 'doubt' : 'good'}>
            {isOver ? settings.expired : settings.valid}
          </Mark>
        );
      },
    },
    { head: settings.expires, from: 'sm', cell: ({ expires }) => <When at={expires} /> },
    {
      head: settings.sources,
      from: 'md',
      cell: ({ sources }) => (sources.length === 0 ? settings.anywhere : sources.join(', ')),
    },
    { head: settings.created, from: 'lg', cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      head: settings.do,
      cell: ({ name, removedAt }) =>
        removedAt === null && may('administrator') ? <Revoke name={name} /> : null,
    },
  ];
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {settings.tokens}
        </Title>
        {may('administrator') ? (
          <Button
            onClick={() => {
              setOpen(true);
            }}
          >
            {settings.create}
          </Button>
        ) : null}
      </Group>
      <Asked answer={listed}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={settings.noTokens} what={settings.noTokensWhat} />
          ) : (
            <DataTable
              label={settings.tokens}
              rows={rows}
              columns={columns}
              keyOf={({ name, createdAt }) => `${name} ${createdAt}`}
            />
          )
        }
      </Asked>
      {isOpen ? (
        <AccessDialog
          onClose={() => {
            setOpen(false);
          }}
        />
      ) : null}
    </Stack>
  );
}

function Revoke({ name }: { readonly name: string }): ReactNode {
  const { settings } = useWords();
  const revoke = useAct('revokeAccess');
  return (
    <Confirm
      act={settings.revoke}
      title={settings.revokeTitle(name)}
      onConfirm={async () => await revoke.mutateAsync({ params: { name } })}
    >
      {settings.revokeWhat}
    </Confirm>
  );
}
