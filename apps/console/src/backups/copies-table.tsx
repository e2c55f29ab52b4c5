import type { ReactNode } from 'react';
import type { RowOf } from '../api/queries.ts';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark, OutcomeMark } from '../frame/mark.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

export type Copy = RowOf<'listCopies'>;

interface CopiesTableProps {
  readonly copies: readonly Copy[];
  readonly label: string;
  /** With the secret of each: where they are of more than one. */
  readonly withSecret?: boolean;
}

/** Copies, where they lie, and when they were proven. */
export function CopiesTable({ copies, label, withSecret = false }: CopiesTableProps): ReactNode {
  const { backups, common } = useWords();
  const may = useMay();
  if (copies.length === 0) return <Empty title={backups.noCopies} />;
  const columns: readonly Column<Copy>[] = [
    ...(withSecret
      ? [
          {
            head: common.secret,
            cell: ({ backup, secret }: Copy) => (
              <PageLink href={to.backup(backup)}>{secret ?? backups.discreet}</PageLink>
            ),
          },
        ]
      : []),
    { head: backups.where, cell: Where },
    {
      head: common.state,
      cell: ({ removedAt, superseded, verifyOutcome }) =>
        removedAt !== null ? (
          <Mark light="none">{backups.removed}</Mark>
        ) : superseded ? (
          <Mark light="doubt">{backups.superseded}</Mark>
        ) : (
          <OutcomeMark outcome={verifyOutcome ?? 'ok'} />
        ),
    },
    { head: backups.made, from: 'md', cell: ({ madeAt }) => <When at={madeAt} /> },
    { head: backups.verified, from: 'sm', cell: ({ verifiedAt }) => <When at={verifiedAt} /> },
    { head: backups.drilled, from: 'sm', cell: ({ drilledAt }) => <When at={drilledAt} /> },
    {
      head: backups.do,
      from: 'sm',
      cell: ({ backup, id, removedAt }) =>
        removedAt === null && may('operator') ? (
          <>
            <PageLink href={to.verify({ backup, copy: id })}>{backups.verify}</PageLink>
            {' · '}
            <PageLink href={to.drill({ backup, copy: id })}>{backups.drill}</PageLink>
          </>
        ) : null,
    },
  ];
  return <DataTable label={label} rows={copies} columns={columns} keyOf={({ id }) => id} />;
}

function Where({ medium, path, host, file }: Copy): ReactNode {
  return medium === null ? (
    <span title={file}>{`${host ?? ''}:${path ?? ''}`}</span>
  ) : (
    <span title={file}>
      <PageLink href={to.medium(medium)}>{medium}</PageLink>
    </span>
  );
}
