import { Table, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Left out on narrower screens. */
  readonly from?: 'xs' | 'sm' | 'md' | 'lg';
}

interface DataTableProps<Row> {
  /** What the table is of, for who hears it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** There are rows after these; without it, these are all. */
  readonly more?: { readonly isLoading: boolean; readonly load: () => void } | undefined;
}

/** In pixels; the style sheet has the same. */
const ROW = 48;
const AHEAD = 12;

/** A table of any length: only the rows that are seen are there. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { label, rows, columns, keyOf, more } = props;
  const { common } = useWords();
  const scrolled = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => ROW,
    overscan: AHEAD,
  });
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== undefined && !more.isLoading && last >= rows.length - AHEAD) more.load();
  }, [last, rows.length, more]);
  const above = seen[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (seen.at(-1)?.end ?? 0);
  return (
    <>
      <div
        className="table-scroll"
        ref={scrolled}
        role="region"
        aria-label={label}
        // What scrolls has to be reached by the keyboard.
        tabIndex={0}
      >
        <Table
          stickyHeader
          highlightOnHover
          verticalSpacing={0}
          aria-rowcount={more === undefined ? rows.length + 1 : -1}
        >
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ head, from }) => (
                <Table.Th key={head} visibleFrom={from} scope="col">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Spacer height={above} span={columns.length} />
            {seen.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <Table.Tr key={keyOf(row)} className="row" aria-rowindex={index + 2}>
                  {columns.map(({ head, cell, from }) => (
                    <Table.Td key={head} visibleFrom={from}>
                      {cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
            <Spacer height={below} span={columns.length} />
          </Table.Tbody>
        </Table>
      </div>
      <Text size="sm" c="dimmed" aria-live="polite">
        {more === undefined ? common.rows(rows.length) : common.rowsSoFar(rows.length)}
      </Text>
    </>
  );
}

/** Stands for rows that are not seen. */
function Spacer({ height, span }: { readonly height: number; readonly span: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}
