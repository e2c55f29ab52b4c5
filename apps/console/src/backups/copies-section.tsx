import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePages } from '../api/queries.ts';
import { Empty } from '../frame/empty.tsx';
import { PagedTable } from '../frame/paged-table.tsx';
import { useWords } from '../words/use-words.ts';
import { useCopyColumns } from './copy-columns.tsx';

interface CopiesSectionProps {
  /** Copies that are there of one secret; or all that ever were of one backup, or on one medium. */
  readonly of:
    { readonly secret: string } | { readonly backup: string } | { readonly medium: string };
  readonly children?: ReactNode;
}

/** The part of a page that shows copies. */
export function CopiesSection({ of, children }: CopiesSectionProps): ReactNode {
  const { backups } = useWords();
  const pages = usePages('listCopies', 'secret' in of ? { ...of, present: 'true' } : of);
  const columns = useCopyColumns(
    'secret' in of ? 'by id' : 'medium' in of ? 'by secret' : 'nowhere',
  );
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        {backups.copies}
      </Title>
      <PagedTable
        label={backups.copies}
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title={backups.noCopies} />}
      />
      {children}
    </Stack>
  );
}
