import { Alert, Button, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct } from '../api/queries.ts';
import { Copyable } from '../frame/copyable.tsx';
import { PageButton } from '../frame/link.tsx';
import { to as pages } from '../frame/links.ts';
import { Problem } from '../frame/problem.tsx';
import { useWords } from '../words/use-words.ts';

interface BeginQuorumProps {
  readonly backup: string;
  readonly to: { readonly target: string } | { readonly recipient: string };
  readonly disabled: boolean;
}

/** Opens a session in which custodians send their shares for one restore. */
export function BeginQuorum({ backup, to, disabled }: BeginQuorumProps): ReactNode {
  const { quorum } = useWords();
  const begin = useAct('beginQuorum');
  // Shown once: it is in no cache.
  const [invitation, setInvitation] = useState<{
    readonly id: string;
    readonly text: string;
  } | null>(null);
  const ask = async (): Promise<void> => {
    const got = await begin.mutateAsync({ body: { backup, to: { ...to } } }).catch(() => null);
    begin.reset();
    if (got !== null) setInvitation({ id: got.session.id, text: got.invitation });
  };
  return (
    <Alert title={quorum.needed}>
      <Stack gap="sm">
        <Text size="sm">{quorum.neededHelp}</Text>
        {invitation === null ? (
          <div>
            <Button
              variant="default"
              disabled={disabled}
              loading={begin.isPending}
              onClick={() => void ask()}
            >
              {quorum.begin}
            </Button>
          </div>
        ) : (
          <>
            <Text size="sm" fw={600}>
              {quorum.invitation}
            </Text>
            <Copyable text={invitation.text} label={quorum.invitation} />
            <Text size="sm">{quorum.invitationHelp}</Text>
            <Copyable text={commandFor(invitation.id)} label={quorum.command} />
            <div>
              <PageButton href={pages.quorum(invitation.id)}>{quorum.watch}</PageButton>
            </div>
          </>
        )}
        <Problem error={begin.error} />
      </Stack>
    </Alert>
  );
}

/** What a custodian types, with their name, the backup in their hand and the invitation in a file. */
export function commandFor(session: string): string {
  return `holdfast custodian contribute BACKUP --as NAME --server ${location.origin} --session ${session} --invitation-file FILE`;
}
