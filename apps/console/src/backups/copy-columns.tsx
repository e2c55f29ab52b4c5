import type { ReactNode } from 'react';
import type { RowOf } from '../api/queries.ts';
import { shortId } from '../frame/amounts.ts';
import type { Column } from '../frame/data-table.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

export type Copy = RowOf<'listCopies'>;

/** What leads to the backup of a copy, where that is not known from the page. */
type Leads = 'by secret' | 'by id' | 'nowhere';

/** Columns of copies: where they lie, and when they were proven. */
export function useCopyColumns(leads: Leads): readonly Column<Copy>[] {
  const { backups, common } = useWords();
  const may = useMay();
  const lead: Readonly<Record<Leads, readonly Column<Copy>[]>> = {
    nowhere: [],
    'by secret': [
      {
        head: common.secret,
        cell: ({ backup, secret }) => (
          <PageLink href={to.backup(backup)}>{secret ?? backups.discreet}</PageLink>
        ),
      },
    ],
    'by id': [
      {
        head: common.backup,
        cell: ({ backup }) => <PageLink href={to.backup(backup)}>{shortId(backup)}</PageLink>,
      },
    ],
  };
  return [
    ...lead[leads],
    { head: backups.where, cell: Where },
    {
      head: common.state,
      cell: (copy) => <CopyMark copy={copy} />,
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
}

function CopyMark({ copy }: { readonly copy: Copy }): ReactNode {
  const { backups, common } = useWords();
  const { removedAt, superseded, verifyOutcome, drillOutcome, bad } = copy;
  if (removedAt !== null) return <Mark light="none">{backups.removed}</Mark>;
  if (superseded) return <Mark light="doubt">{backups.superseded}</Mark>;
  const outcomes = [verifyOutcome, drillOutcome].filter((it) => it !== null && it !== 'ok');
  const [outcome] = outcomes;
  if (outcome === undefined) return <Mark light="good">{common.ok}</Mark>;
  return <Mark light={bad ? 'bad' : 'doubt'}>{outcome}</Mark>;
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
