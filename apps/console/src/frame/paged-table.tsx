import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { Asked } from './asked.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { matches } from './search-box.tsx';

interface Pages<Row> {
  readonly rows: readonly Row[];
}

interface PagedTableProps<Row> {
  readonly label: string;
  readonly pages: UseInfiniteQueryResult<InfiniteData<Pages<Row>>>;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly empty: ReactNode;
  /** Shows rows only that hold these words, of those that came so far. */
  readonly search?: string;
}

/** A table whose rows come page by page, as somebody scrolls. */
export function PagedTable<Row>(props: PagedTableProps<Row>): ReactNode {
  const { pages, search = '', label, columns, keyOf, empty } = props;
  const { hasNextPage, isFetchingNextPage, fetchNextPage, data } = pages;
  // There may be a hundred thousand of them.
  const rows = useMemo(
    () => data?.pages.flatMap((page) => page.rows).filter((row) => matches(row, search)) ?? [],
    [data, search],
  );
  return (
    <Asked answer={pages}>
      {() => {
        if (rows.length === 0 && !hasNextPage) return empty;
        const load = (): void => void fetchNextPage();
        const more = hasNextPage ? { isLoading: isFetchingNextPage, load } : undefined;
        return <DataTable {...{ label, rows, columns, keyOf, more }} />;
      }}
    </Asked>
  );
}
