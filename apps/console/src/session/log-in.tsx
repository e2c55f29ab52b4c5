import '../frame/more-styles.ts';
import { Alert, Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { serviceFor } from '../api/service.ts';
import { Problem } from '../frame/problem.tsx';
import { SecretInput } from '../frame/secret-input.tsx';
import { useWords } from '../words/use-words.ts';
import type { Session } from './session.ts';

interface LogInProps {
  readonly why: 'first' | 'ended' | 'logged out';
  readonly onEnter: (session: Session) => void;
}

/** Asks for an access token, which is sent once and not kept. */
export function LogIn({ why, onEnter }: LogInProps): ReactNode {
  const { session: words } = useWords();
  const [token, setToken] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${words.logIn} · Holdfast`;
  }, [words]);
  const enter = async (given: string | null): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onEnter(await serviceFor(given).call('beginSession', {}));
    } catch (cause) {
      setError(cause);
    } finally {
      setToken('');
      setBusy(false);
    }
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" maw={460} w="100%">
        <form
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            void enter(token.trim() === '' ? null : token.trim());
          }}
        >
          <Stack>
            <Title order={1} size="h2">
              Holdfast
            </Title>
            {why === 'first' ? null : (
              <Alert role="status" title={why === 'ended' ? words.ended : words.loggedOut}>
                {words.againBelow}
              </Alert>
            )}
            <SecretInput
              label={words.token}
              description={words.tokenHelp}
              value={token}
              isFirst
              onChange={setToken}
            />
            <Problem error={error} />
            <Button type="submit" loading={isBusy}>
              {words.logIn}
            </Button>
            <Text size="sm" c="dimmed">
              {words.otherwise}
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
