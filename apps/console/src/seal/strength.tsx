import { Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { useWords } from '../words/use-words.ts';

type Assessment = Got<'assessPassword'>;

const PAUSE = 300;
const COLORS = ['var(--bad)', 'var(--bad)', 'var(--doubt)', 'var(--good)', 'var(--good)'];

/** How hard the password is to guess, with advice, and whether the hint gives it away. */
export function Strength({
  password,
  hint,
}: {
  readonly password: string;
  readonly hint: string;
}): ReactNode {
  const { seal } = useWords();
  const assessment = useAssessment(password, hint);
  if (assessment === null) return null;
  const { score, crackTime, warning, suggestions, hintFault } = assessment;
  return (
    <Stack gap={4} role="status">
      <Progress
        value={(score + 1) * 20}
        color={COLORS[score] ?? 'gray'}
        aria-label={seal.strength}
        size="sm"
      />
      <Text size="sm" fw={600}>
        {seal.scores[score]} {seal.guessedIn(crackTime)}
      </Text>
      {[warning, ...suggestions].filter(Boolean).map((words) => (
        <Text key={words} size="sm" c="dimmed">
          {words}
        </Text>
      ))}
      {hintFault === null ? null : (
        <Text size="sm" c="var(--bad)" fw={600}>
          {hintFault}
        </Text>
      )}
    </Stack>
  );
}

/** Not a query: what was asked would stay in its cache. */
function useAssessment(password: string, hint: string): Assessment | null {
  const [assessment, setAssessment] = useState<Assessment | null>(null);
  useEffect(() => {
    if (password === '') {
      setAssessment(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const body = { password, ...(hint !== '' && { hint }) };
      service.call('assessPassword', { body, signal: stop.signal }).then(setAssessment, () => {
        // Advice that does not come is none; the service decides when the backup is asked for.
        if (!stop.signal.aborted) setAssessment(null);
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [password, hint]);
  return assessment;
}
