import { Alert, Button, Group } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Mark, OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { matches, SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { CustodianDialog } from './custodian-dialog.tsx';
import { RemoveCustodian } from './remove-custodian.tsx';

type Row = Got<'listCustodians'>['rows'][number];

/** Whom a quorum can name, and whether they were checked. */
export function CustodiansPage(): ReactNode {
  const { custodians, common, frame } = useWords();
  const may = useMay();
  const [asked] = useAsked();
  const [edited, setEdited] = useState<Row | 'new' | null>(null);
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const listed = useRoute('listCustodians', {});
  const add = may('administrator') ? (
    <Button
      onClick={() => {
        setEdited('new');
      }}
    >
      {custodians.add}
    </Button>
  ) : null;
  const columns: readonly Column<Row>[] = [
    { head: common.name, cell: ({ name }) => name },
    { head: custodians.factors, from: 'md', cell: ({ factors }) => factors },
    { head: custodians.contact, from: 'sm', cell: ({ contact }) => contact },
    { head: custodians.checked, cell: ({ checkedAt }) => <When at={checkedAt} /> },
    {
      head: common.outcome,
      from: 'sm',
      cell: ({ checkOutcome }) => <OutcomeMark outcome={checkOutcome} />,
    },
    {
      head: custodians.due,
      cell: ({ dueAt, overdue }) =>
        overdue ? <Mark light="doubt">{custodians.overdue}</Mark> : <When at={dueAt} never="–" />,
    },
    {
      head: custodians.do,
      cell: (row) =>
        may('administrator') ? (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                setEdited(row);
              }}
            >
              {custodians.change}
            </Button>
            <RemoveCustodian name={row.name} onWarn={setWarnings} />
          </Group>
        ) : null,
    },
  ];
  return (
    <Page title={frame.sides.custodians} about={custodians.about} actions={add}>
      <Group>
        <SearchBox />
      </Group>
      {warnings.map((words) => (
        <Alert key={words} color="yellow" role="status">
          {words}
        </Alert>
      ))}
      <Asked answer={listed}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={custodians.empty} what={custodians.emptyWhat}>
              {add}
            </Empty>
          ) : (
            <DataTable
              label={frame.sides.custodians}
              rows={rows.filter((row) => matches(row, asked['q'] ?? ''))}
              columns={columns}
              keyOf={({ name }) => name}
            />
          )
        }
      </Asked>
      {edited === null ? null : (
        <CustodianDialog
          row={edited === 'new' ? null : edited}
          onWarn={setWarnings}
          onClose={() => {
            setEdited(null);
          }}
        />
      )}
    </Page>
  );
}
