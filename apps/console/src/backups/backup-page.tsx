import { Button, Stack, Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams } from 'wouter';
import { useRoute, type Got } from '../api/queries.ts';
import { sizeText } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useSpoken, useWords } from '../words/use-words.ts';
import { CopiesSection } from './copies-section.tsx';

type Backup = Got<'showBackup'>['backup'];

/** One backup: who can open it, and where its copies are. */
export function BackupPage(): ReactNode {
  const { id = '' } = useParams();
  const { backups } = useWords();
  const shown = useRoute('showBackup', { params: { id } });
  const name = shown.data?.backup.secret ?? backups.discreet;
  return (
    <Page
      title={backups.of(shown.data === undefined ? '…' : name)}
      actions={shown.data === undefined ? null : <Actions id={id} />}
    >
      <Asked answer={shown}>
        {({ backup }) => (
          <Stack gap="xl">
            <BackupFacts backup={backup} />
            <Envelopes backup={backup} />
            <CopiesSection of={{ backup: id }} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function Actions({ id }: { readonly id: string }): ReactNode {
  const { backups } = useWords();
  const may = useMay();
  return (
    <>
      {may('administrator') ? (
        <PageButton href={to.restore({ backup: id })}>{backups.restore}</PageButton>
      ) : null}
      {may('operator') ? (
        <>
          <PageButton variant="default" href={to.drill({ backup: id })}>
            {backups.drill}
          </PageButton>
          <PageButton variant="default" href={to.verify({ backup: id })}>
            {backups.verify}
          </PageButton>
        </>
      ) : null}
      {may('administrator') ? (
        <PageButton variant="default" href={to.envelopes({ backup: id })}>
          {backups.changeEnvelopes}
        </PageButton>
      ) : null}
      {may('operator') ? (
        <Button variant="default" component="a" href={`/v1/backups/${id}/file`} download>
          {backups.fetch}
        </Button>
      ) : null}
    </>
  );
}

function BackupFacts({ backup }: { readonly backup: Backup }): ReactNode {
  const { words, locale } = useSpoken();
  const { backups, common } = words;
  const { signer, trusted, secret } = backup;
  return (
    <Facts
      of={[
        [
          common.secret,
          secret === null ? (
            backups.discreet
          ) : (
            <PageLink href={to.secret(secret)}>{secret}</PageLink>
          ),
        ],
        [backups.made, <When key="w" at={backup.created} exact />],
        [backups.madeOn, backup.host],
        [common.size, sizeText(backup.size, locale)],
        [backups.generation, backup.generation],
        [
          backups.signer,
          <Mark key="s" size="sm" light={trusted ? 'good' : 'doubt'}>
            {signer === null ? backups.unsigned : trusted ? backups.trusted : backups.untrusted}
          </Mark>,
        ],
        [backups.fingerprint, signer === null ? null : <code>{signer}</code>],
        [backups.waivers, backup.waivers.length === 0 ? null : backup.waivers.join(', ')],
        [backups.id, <code key="i">{backup.id}</code>],
      ]}
    />
  );
}

function Envelopes({ backup }: { readonly backup: Backup }): ReactNode {
  const { backups } = useWords();
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        {backups.envelopes}
      </Title>
      <Table aria-label={backups.envelopes}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{backups.number}</Table.Th>
            <Table.Th scope="col">{backups.opensWith}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {backup.envelopes.map(({ index, factors }) => (
            <Table.Tr key={index}>
              <Table.Td>{index}</Table.Td>
              <Table.Td className="breaks">{factors}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
