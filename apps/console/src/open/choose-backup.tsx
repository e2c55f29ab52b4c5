import { NativeSelect, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { shortId } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { momentText } from '../frame/when.tsx';
import { useSpoken } from '../words/use-words.ts';

const MOST = 100;

interface ChooseBackupProps {
  /** What comes below, once a backup was chosen. */
  readonly children: (chosen: Got<'showBackup'>, copy: string | undefined) => ReactNode;
}

/** Which backup, and which copy of it: both are in the address. */
export function ChooseBackup({ children }: ChooseBackupProps): ReactNode {
  const { words, locale } = useSpoken();
  const { open, backups } = words;
  const [asked, ask] = useAsked();
  const { backup: id = '', copy = '' } = asked;
  const known = useRoute('listBackups', { query: { limit: MOST } });
  const shown = useRoute('showBackup', { params: { id } }, { enabled: id !== '' });
  const rows = known.data?.rows ?? [];
  if (known.data !== undefined && rows.length === 0) {
    return <Empty title={backups.empty} what={backups.emptyWhat} />;
  }
  const isListed = id === '' || rows.some((row) => row.id === id);
  return (
    <Stack gap="lg">
      <NativeSelect
        label={open.backup}
        value={id}
        data={[
          { value: '', label: open.choose },
          ...(isListed ? [] : [{ value: id, label: id }]),
          ...rows.map((row) => ({
            value: row.id,
            label: `${row.secret ?? backups.discreet}, ${momentText(Date.parse(row.created), locale)} (${shortId(row.id)})`,
          })),
        ]}
        onChange={({ currentTarget }) => {
          ask({ backup: currentTarget.value, copy: '' });
        }}
      />
      {id === '' ? null : (
        <Asked answer={shown}>
          {(found) => (
            <>
              <NativeSelect
                label={open.copy}
                value={copy}
                data={[
                  { value: '', label: open.anyCopy },
                  ...found.copies
                    .filter(({ removedAt }) => removedAt === null)
                    .map((each) => ({
                      value: each.id,
                      label: `${each.medium ?? each.path ?? ''}: ${each.file}`,
                    })),
                ]}
                onChange={({ currentTarget }) => {
                  ask({ copy: currentTarget.value });
                }}
              />
              {children(found, copy === '' ? undefined : copy)}
            </>
          )}
        </Asked>
      )}
    </Stack>
  );
}
