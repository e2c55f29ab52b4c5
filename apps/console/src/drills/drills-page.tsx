import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePages, useRoute, type RowOf } from '../api/queries.ts';
import type { Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Filter } from '../frame/filter.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark, OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { PagedTable } from '../frame/paged-table.tsx';
import { SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

/** Every drill that was made, newest first. */
export function DrillsPage(): ReactNode {
  const { drills, backups, common, frame } = useWords();
  const may = useMay();
  const [asked] = useAsked();
  const secrets = useRoute('listSecrets', {});
  const { secret } = asked;
  const pages = usePages('listDrills', { ...(secret !== undefined && { secret }) });
  const begin = may('operator') ? (
    <PageButton href={to.drill({})}>{drills.begin}</PageButton>
  ) : null;
  const columns: readonly Column<RowOf<'listDrills'>>[] = [
    {
      head: common.secret,
      cell: (row) => (
        <PageLink href={to.drillReceipt(row.id)}>{row.secret ?? backups.discreet}</PageLink>
      ),
    },
    { head: common.when, cell: ({ time }) => <When at={time} /> },
    { head: common.outcome, cell: ({ outcome }) => <OutcomeMark outcome={outcome} /> },
    {
      head: drills.live,
      from: 'sm',
      cell: ({ sameAsLive }) =>
        sameAsLive === null ? (
          drills.notCompared
        ) : (
          <Mark size="sm" light={sameAsLive ? 'good' : 'bad'}>
            {sameAsLive ? drills.same : drills.differs}
          </Mark>
        ),
    },
    { head: drills.envelope, from: 'lg', cell: ({ envelope }) => envelope },
    { head: common.who, from: 'md', cell: ({ who }) => who },
  ];
  return (
    <Page title={frame.sides.drills} about={drills.about} actions={begin}>
      <Group align="flex-end">
        <SearchBox />
        <Filter
          name="secret"
          label={common.secret}
          options={secrets.data?.rows.map(({ name }) => name) ?? []}
        />
      </Group>
      <PagedTable
        label={frame.sides.drills}
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        search={asked['q'] ?? ''}
        empty={
          <Empty title={drills.empty} what={drills.emptyWhat}>
            {begin}
          </Empty>
        }
      />
    </Page>
  );
}
