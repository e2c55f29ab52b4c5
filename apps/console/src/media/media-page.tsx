import { Alert, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { usePlugged } from '../api/use-plugged.ts';
import { sizeText } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { DataTable, type Column } from '../frame/data-table.tsx';
import { Empty } from '../frame/empty.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { matches, SearchBox } from '../frame/search-box.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { When } from '../frame/when.tsx';
import { useSpoken, useWords } from '../words/use-words.ts';
import { mediumName } from './medium-name.ts';
import { offersOf } from './offers.ts';

type Row = Got<'listMedia'>['register'][number];

/** What is plugged in, as it comes and goes, and what the register knows. */
export function MediaPage(): ReactNode {
  const { media, frame } = useWords();
  const known = useRoute('listMedia', {});
  return (
    <Page title={frame.sides.media} about={media.about}>
      <Stack component="section" gap="sm">
        <Title order={2} size="h4">
          {media.plugged}
        </Title>
        <PluggedNow />
      </Stack>
      <Asked answer={known}>
        {({ register, clones }) => (
          <Stack component="section" gap="sm">
            <Title order={2} size="h4">
              {media.register}
            </Title>
            {clones.map(({ uuid, among }) => (
              <Alert key={uuid} color="red" title={media.clones}>
                {among.join(', ')}
              </Alert>
            ))}
            <Register rows={register} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function PluggedNow(): ReactNode {
  const { words, locale } = useSpoken();
  const { media } = words;
  const plugged = usePlugged();
  const offers = plugged?.flatMap((medium) => offersOf(medium, words, locale)) ?? [];
  if (offers.length === 0) return <Empty title={media.nothingPlugged} what={media.plugIn} />;
  return (
    <ul className="plain-list" aria-live="polite">
      {offers.map(({ selector, name, about, refusal }) => (
        <li key={selector}>
          <Group gap="xs">
            <Mark light={refusal === null ? 'good' : 'doubt'}>{name}</Mark>
            <span>{refusal ?? about}</span>
          </Group>
        </li>
      ))}
    </ul>
  );
}

function Register({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  const { words, locale } = useSpoken();
  const { media, common } = words;
  const [asked] = useAsked();
  if (rows.length === 0) return <Empty title={media.empty} what={media.emptyWhat} />;
  const columns: readonly Column<Row>[] = [
    {
      head: common.name,
      cell: (row) => <PageLink href={to.medium(row.id)}>{mediumName(row)}</PageLink>,
    },
    {
      head: common.state,
      cell: ({ nodes, protected: isProtected }) => (
        <Mark size="sm" light={nodes.length > 0 ? 'good' : 'none'}>
          {[nodes.length > 0 ? media.here : media.absent, isProtected ? media.protected : '']
            .filter(Boolean)
            .join(', ')}
        </Mark>
      ),
    },
    { head: media.copies, cell: ({ copies }) => copies },
    { head: media.location, from: 'sm', cell: ({ location }) => location ?? common.unknown },
    { head: media.owner, from: 'md', cell: ({ owner }) => owner ?? common.unknown },
    {
      head: common.size,
      from: 'lg',
      cell: ({ size }) => (size === null ? '' : sizeText(size, locale)),
    },
    { head: media.lastSeen, from: 'sm', cell: ({ lastSeen }) => <When at={lastSeen} /> },
  ];
  return (
    <>
      <Group>
        <SearchBox />
      </Group>
      <DataTable
        label={media.register}
        rows={rows.filter((row) => matches(row, asked['q'] ?? ''))}
        columns={columns}
        keyOf={({ id }) => id}
      />
    </>
  );
}
