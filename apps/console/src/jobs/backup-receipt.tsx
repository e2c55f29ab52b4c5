import { backupReport, type Job } from '@holdfast/api';
import { Alert, Card, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { sizeText } from '../frame/amounts.ts';
import { Facts } from '../frame/facts.tsx';
import { Mark } from '../frame/mark.tsx';
import { momentText } from '../frame/when.tsx';
import { useSpoken } from '../words/use-words.ts';

/** What was made, where it is and how that was proven: to be kept on paper. */
export function BackupReceipt({ job }: { readonly job: Job }): ReactNode {
  const { words, locale } = useSpoken();
  const { jobs, common, backups } = words;
  const { success, data } = backupReport.safeParse(job.result);
  if (!success) return null;
  const { id, secret, size, payloadSize, signer, copies, warnings } = data;
  const ended = job.ended === null ? '' : momentText(Date.parse(job.ended), locale);
  return (
    <Card withBorder component="article" className="receipt">
      <Stack gap="md">
        <Title order={2} size="h4">
          {jobs.backupReceipt}
        </Title>
        <Facts
          of={[
            [common.secret, secret ?? backups.discreet],
            [backups.id, <code key="i">{id}</code>],
            [backups.made, ended],
            [jobs.askedBy, job.who],
            [
              common.size,
              `${sizeText(size, locale)} (${jobs.payload(sizeText(payloadSize, locale))})`,
            ],
            [backups.signer, <code key="s">{signer.fingerprint}</code>],
          ]}
        />
        <Table aria-label={backups.copies}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{backups.where}</Table.Th>
              <Table.Th scope="col">{jobs.fileName}</Table.Th>
              <Table.Th scope="col">{common.outcome}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {copies.map((copy) => (
              <Table.Tr key={copy.where}>
                <Table.Td className="breaks">{copy.where}</Table.Td>
                <Table.Td className="breaks">{copy.file}</Table.Td>
                <Table.Td>
                  {copy.failure === null ? (
                    <Mark light="good">
                      {jobs.proofs[copy.proof ?? ''] ?? jobs.stages.verified}
                    </Mark>
                  ) : (
                    <Mark light="bad">{copy.failure.message}</Mark>
                  )}{' '}
                  {copy.ejected ? <Mark light="good">{jobs.stages.safe}</Mark> : null}
                  {copy.medium !== null && !copy.ejected && copy.failure === null ? (
                    <Mark light="doubt">{jobs.notSafe}</Mark>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {warnings.map((text) => (
          <Alert key={text} color="yellow">
            {text}
          </Alert>
        ))}
        {copies
          .filter((copy) => copy.warnings.length > 0)
          .map((copy) => (
            <Alert key={copy.where} color="yellow" title={copy.where}>
              {copy.warnings.join('; ')}
            </Alert>
          ))}
        <Text size="sm" c="dimmed">
          {jobs.receiptHelp}
        </Text>
      </Stack>
    </Card>
  );
}
