import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { matches, SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { ImportSecret } from './import-secret.tsx';

type Row = Got<'listSecrets'>['rows'][number];

/** Every secret that the configuration, the store or the catalog knows; never a value. */
export function SecretsPage(): ReactNode {
  const { secrets, common, frame, system } = useWords();
  const may = useMay();
  const [asked] = useAsked();
  const known = useRoute('listSecrets', {});
  const columns: readonly Column<Row>[] = [
    {
      head: common.name,
      cell: ({ name }) => <PageLink href={to.secret(name)}>{name}</PageLink>,
    },
    { head: secrets.source, cell: ({ source }) => secrets.sources[source ?? 'none'] ?? source },
    { head: system.policy, from: 'sm', cell: ({ policy }) => policy ?? common.none },
    { head: secrets.versions, from: 'md', cell: ({ versions }) => versions?.length ?? '' },
    { head: secrets.observed, from: 'sm', cell: ({ observedAt }) => <When at={observedAt} /> },
    {
      head: common.outcome,
      from: 'md',
      cell: ({ observedOutcome }) => <OutcomeMark outcome={observedOutcome} />,
    },
  ];
  return (
    <Page
      title={frame.sides.secrets}
      about={secrets.about}
      actions={
        <>
          {may('administrator') ? <ImportSecret /> : null}
          {may('operator') ? <PageButton href={to.backUp()}>{system.backUp}</PageButton> : null}
        </>
      }
    >
      <Group align="flex-end">
        <SearchBox />
      </Group>
      <Asked answer={known}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={system.noSecrets} what={secrets.emptyWhat} />
          ) : (
            <DataTable
              label={frame.sides.secrets}
              rows={rows.filter((row) => matches(row, asked['q'] ?? ''))}
              columns={columns}
              keyOf={({ name }) => name}
            />
          )
        }
      </Asked>
    </Page>
  );
}
