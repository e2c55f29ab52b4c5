import { Button, Progress, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams } from 'wouter';
import { useAct, useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Confirm } from '../frame/confirm.tsx';
import { Copyable } from '../frame/copyable.tsx';
import { Facts } from '../frame/facts.tsx';
import { PageButton, PageLink } from '../frame/link.tsx';
import { to } from '../frame/links.ts';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { commandFor } from './begin-quorum.tsx';

type Session = Got<'showQuorum'>;

const EVERY = 2000;

/** A session in which shares come in. */
export function QuorumPage(): ReactNode {
  const { id = '' } = useParams();
  const { quorum } = useWords();
  const may = useMay();
  const end = useAct('endQuorum');
  const shown = useRoute('showQuorum', { params: { id } }, { every: EVERY });
  const isOpen = shown.data?.state === 'open';
  return (
    <Page
      title={quorum.title}
      about={quorum.about}
      actions={
        isOpen && may('administrator') ? (
          <Confirm
            act={quorum.end}
            title={quorum.endTitle}
            onConfirm={async () => await end.mutateAsync({ params: { id } })}
          >
            {quorum.endWhat}
          </Confirm>
        ) : null
      }
    >
      <Asked answer={shown}>{(session) => <Shown session={session} />}</Asked>
    </Page>
  );
}

function Shown({ session }: { readonly session: Session }): ReactNode {
  const { quorum, common } = useWords();
  const { backup, secret, purpose, who, until, state, shares, quorums, id } = session;
  const sent = new Map(shares.map((share) => [share.custodian, share.at]));
  const isEnough = quorums.some(
    ({ threshold, custodians }) =>
      custodians.filter(({ name }) => sent.has(name)).length >= threshold,
  );
  return (
    <Stack gap="lg">
      <Facts
        of={[
          [common.state, quorum.states[state]],
          [
            common.backup,
            <PageLink key="b" href={to.backup(backup)}>
              {secret ?? backup}
            </PageLink>,
          ],
          [
            quorum.purpose,
            purpose.kind === 'restore' ? quorum.toTarget(purpose.target) : quorum.toRecipient,
          ],
          [quorum.by, who],
          [quorum.until, <When key="u" at={until} />],
        ]}
      />
      {quorums.map(({ generation, envelope, threshold, custodians }) => {
        const count = custodians.filter(({ name }) => sent.has(name)).length;
        return (
          <Stack key={`${String(generation)} ${String(envelope)}`} gap="xs" component="section">
            <Title order={2} size="h5">
              {quorum.ofEnvelope(envelope, count, threshold)}
            </Title>
            <Progress
              value={Math.min(100, (100 * count) / threshold)}
              aria-label={quorum.ofEnvelope(envelope, count, threshold)}
            />
            <ul className="plain-list" aria-live="polite">
              {custodians.map(({ name }) => (
                <li key={name}>
                  <Mark light={sent.has(name) ? 'good' : 'none'}>
                    {name}: {sent.has(name) ? quorum.sent : quorum.awaited}
                  </Mark>
                </li>
              ))}
            </ul>
          </Stack>
        );
      })}
      {state === 'open' ? (
        <>
          <Text size="sm">{quorum.commandHelp}</Text>
          <Copyable text={commandFor(id)} label={quorum.command} />
        </>
      ) : null}
      {state !== 'open' ? null : purpose.kind === 'relay' ? (
        <Button
          component="a"
          href={`/v1/quorum-sessions/${id}/shares`}
          download
          disabled={shares.length === 0}
        >
          {quorum.fetch}
        </Button>
      ) : isEnough ? (
        <div>
          <PageButton href={to.restore({ backup, session: id, target: purpose.target })}>
            {quorum.restore}
          </PageButton>
        </div>
      ) : null}
    </Stack>
  );
}
