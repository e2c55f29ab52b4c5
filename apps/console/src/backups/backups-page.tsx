import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePages, useRoute, type RowOf } from '../api/queries.ts';
import { sizeText, shortId } from '../frame/amounts.ts';
import type { Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { Filter } from '../frame/filter.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { PagedTable } from '../frame/paged-table.tsx';
import { SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useSpoken } from '../words/use-words.ts';

type Row = RowOf<'listBackups'>;

/** Every backup that is known, newest first. */
export function BackupsPage(): ReactNode {
  const { words, locale } = useSpoken();
  const { backups, common, system, frame } = words;
  const may = useMay();
  const [asked] = useAsked();
  const secrets = useRoute('listSecrets', {});
  const secret = asked['secret'];
  const pages = usePages('listBackups', { ...(secret !== undefined && { secret }) });
  const columns: readonly Column<Row>[] = [
    {
      head: common.secret,
      cell: ({ id, secret: name }) => (
        <PageLink href={to.backup(id)}>{name ?? backups.discreet}</PageLink>
      ),
    },
    { head: backups.made, cell: ({ created }) => <When at={created} /> },
    { head: backups.opensWith, from: 'sm', cell: envelopesText },
    { head: common.size, from: 'lg', cell: ({ size }) => sizeText(size, locale) },
    {
      head: backups.signer,
      from: 'md',
      cell: ({ signer, trusted }) => (
        <Mark size="sm" light={trusted ? 'good' : 'doubt'}>
          {signer === null ? backups.unsigned : trusted ? backups.trusted : backups.untrusted}
        </Mark>
      ),
    },
    { head: backups.generation, from: 'lg', cell: ({ generation }) => generation },
    { head: backups.id, from: 'md', cell: ({ id }) => <code>{shortId(id)}</code> },
  ];
  const backUp = may('operator') ? (
    <PageButton href={to.backUp(secret)}>{system.backUp}</PageButton>
  ) : null;
  return (
    <Page title={frame.sides.backups} about={backups.about} actions={backUp}>
      <Group align="flex-end">
        <SearchBox />
        <Filter
          name="secret"
          label={common.secret}
          options={secrets.data?.rows.map(({ name }) => name) ?? []}
        />
      </Group>
      <PagedTable
        label={frame.sides.backups}
        pages={pages}
        columns={columns}
        keyOf={({ id, generation }) => `${id} ${String(generation)}`}
        search={asked['q'] ?? ''}
        empty={
          <Empty title={backups.empty} what={backups.emptyWhat}>
            {backUp}
          </Empty>
        }
      />
    </Page>
  );
}

export function envelopesText({ envelopes }: Pick<Row, 'envelopes'>): string {
  return envelopes.map(({ factors }) => factors).join(' | ');
}
