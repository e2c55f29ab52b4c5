import { Button, Card, List, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams } from 'wouter';
import { useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useWords } from '../words/use-words.ts';

/** The signed receipt of a drill: to be printed, or checked elsewhere. */
export function ReceiptPage(): ReactNode {
  const { id = '' } = useParams();
  const { drills, common } = useWords();
  const shown = useRoute('showDrill', { params: { id } });
  return (
    <Page
      title={drills.receipt}
      actions={
        <>
          <Button
            onClick={() => {
              print();
            }}
          >
            {common.print}
          </Button>
          {shown.data === undefined ? null : (
            <>
              <Save name={`${id}.json`} text={shown.data.text} label={drills.save} />
              <Save
                name={`${id}.json.sig`}
                text={shown.data.signature}
                label={drills.saveSignature}
              />
            </>
          )}
        </>
      }
    >
      <Asked answer={shown}>{(found) => <Receipt found={found} />}</Asked>
    </Page>
  );
}

function Receipt({ found }: { readonly found: Got<'showDrill'> }): ReactNode {
  const { drills, common, backups, jobs } = useWords();
  const { id, who, host, started, ended, outcome, failure, copy, ...told } = found.receipt;
  return (
    <Card withBorder component="article">
      <Stack>
        <Facts
          of={[
            [common.outcome, <OutcomeMark key="o" outcome={outcome} />],
            [drills.why, failure],
            [
              common.backup,
              copy.backup === null ? null : (
                <PageLink key="b" href={to.backup(copy.backup.id)}>
                  {copy.backup.secret ?? backups.discreet}
                </PageLink>
              ),
            ],
            [jobs.fileName, copy.file],
            [common.who, `${who}, ${host}`],
            [jobs.started, <When key="s" at={started} exact />],
            [jobs.ended, <When key="e" at={ended} exact />],
            [drills.signedBy, <code key="f">{found.signer.fingerprint}</code>],
            [jobs.id, <code key="i">{id}</code>],
          ]}
        />
        <Told title={drills.shown} words={told.shown} />
        <Told title={drills.notShown} words={told.notShown} />
      </Stack>
    </Card>
  );
}

function Told({
  title,
  words,
}: {
  readonly title: string;
  readonly words: readonly string[];
}): ReactNode {
  if (words.length === 0) return null;
  return (
    <Stack gap={4}>
      <Title order={2} size="h5">
        {title}
      </Title>
      <List size="sm">
        {words.map((each) => (
          <List.Item key={each}>{each}</List.Item>
        ))}
      </List>
    </Stack>
  );
}

interface SaveProps {
  readonly name: string;
  readonly text: string;
  readonly label: string;
}

function Save({ name, text, label }: SaveProps): ReactNode {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([text]));
    Object.assign(document.createElement('a'), { href: url, download: name }).click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button variant="default" onClick={save}>
      {label}
    </Button>
  );
}
