import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

type Row = Got<'listQuorums'>['rows'][number];

/** Sessions on this server in which shares are collected. */
export function QuorumsPage(): ReactNode {
  const { quorum, common, frame, backups } = useWords();
  const may = useMay();
  const sessions = useRoute('listQuorums', {}, { every: 5000 });
  const columns: readonly Column<Row>[] = [
    {
      head: common.secret,
      cell: ({ id, secret, backup }) => (
        <PageLink href={to.quorum(id)}>{secret ?? backup}</PageLink>
      ),
    },
    { head: common.state, cell: ({ state }) => quorum.states[state] },
    {
      head: quorum.purpose,
      from: 'sm',
      cell: ({ purpose }) =>
        purpose.kind === 'restore' ? quorum.toTarget(purpose.target) : quorum.toRecipient,
    },
    { head: quorum.shares, cell: ({ shares }) => shares.length },
    { head: quorum.by, from: 'md', cell: ({ who }) => who },
    { head: quorum.until, from: 'sm', cell: ({ until }) => <When at={until} /> },
  ];
  return (
    <Page title={frame.sides.quorums} about={quorum.about}>
      <Asked answer={sessions}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title={quorum.empty} what={quorum.emptyWhat}>
              {may('administrator') ? (
                <PageButton href={to.restore({})}>{backups.restore}</PageButton>
              ) : null}
            </Empty>
          ) : (
            <DataTable
              label={frame.sides.quorums}
              rows={rows}
              columns={columns}
              keyOf={({ id }) => id}
            />
          )
        }
      </Asked>
    </Page>
  );
}
