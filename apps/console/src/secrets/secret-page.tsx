import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation, useParams } from 'wouter';
import { useAct, useRoute } from '../api/queries.ts';
import { CopiesSection } from '../backups/copies-section.tsx';
import { Asked } from '../frame/asked.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { lightOf, Mark, OutcomeMark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { Problem } from '../frame/problem.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { Finding } from '../system/finding.tsx';
import { SecretFacts } from '../system/secret-card.tsx';
import { useWords } from '../words/use-words.ts';

/** One secret: how it stands, and all its copies. */
export function SecretPage(): ReactNode {
  const { name: encoded = '' } = useParams();
  const name = decodeURIComponent(encoded);
  const { secrets, system } = useWords();
  const may = useMay();
  const [, go] = useLocation();
  const shown = useRoute('showSecret', { params: { name } });
  const status = useRoute('getStatus', { query: { secret: [name] } });
  const compare = useAct('compareLive');
  const stands = status.data?.secrets.find((it) => it.name === name);
  const compareNow = async (): Promise<void> => {
    const job = await compare.mutateAsync({ params: { name } });
    go(to.job(job.id));
  };
  return (
    <Page
      title={name}
      actions={
        may('operator') ? (
          <>
            <Button variant="default" loading={compare.isPending} onClick={() => void compareNow()}>
              {secrets.compare}
            </Button>
            <PageButton href={to.backUp(name)}>{system.mends.backUp}</PageButton>
          </>
        ) : null
      }
    >
      <Problem error={compare.error} />
      {stands === undefined ? null : (
        <Stack gap="sm">
          <Mark light={lightOf(stands.state)} size="lg">
            {system.states[stands.state]}
          </Mark>
          <SecretFacts secret={stands} />
          {status.data?.findings
            .filter(({ secret }) => secret === name)
            .map((finding) => (
              <Finding key={finding.words} finding={finding} of={stands} isWhole />
            ))}
        </Stack>
      )}
      <Asked answer={shown}>
        {({ source, versions, observedAt, observedOutcome }) => (
          <Facts
            of={[
              [secrets.source, secrets.sources[source ?? 'none'] ?? source],
              [secrets.versions, versions === null ? null : versions.length],
              [secrets.observed, <When key="w" at={observedAt} />],
              [secrets.observedOutcome, <OutcomeMark key="o" outcome={observedOutcome} />],
            ]}
          />
        )}
      </Asked>
      <CopiesSection of={{ secret: name }}>
        <PageLink href={`${to.backups}?secret=${encodeURIComponent(name)}`}>
          {secrets.allBackups}
        </PageLink>
      </CopiesSection>
    </Page>
  );
}
