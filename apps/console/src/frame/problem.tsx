import { ApiProblem, ServiceUnreachable } from '@holdfast/api/client';
import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Words } from '../words/en/index.ts';
import { useWords } from '../words/use-words.ts';

interface ProblemProps {
  readonly error: unknown;
  readonly again?: () => void;
}

/** What went wrong, and what to do about it. */
export function Problem({ error, again }: ProblemProps): ReactNode {
  const words = useWords();
  if (error === null || error === undefined) return null;
  const { title, detail, remedy, code } = told(error, words);
  return (
    <Alert color="red" role="alert" title={title}>
      <Stack gap="xs">
        <Text size="sm">{detail}</Text>
        {remedy === null ? null : (
          <Text size="sm" fw={600}>
            {remedy}
          </Text>
        )}
        <Group gap="sm">
          {code === null ? null : <Code>{code}</Code>}
          {again === undefined ? null : (
            <Button size="xs" variant="default" onClick={again}>
              {words.common.tryAgain}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

interface Told {
  readonly title: string;
  readonly detail: string;
  readonly remedy: string | null;
  readonly code: string | null;
}

function told(error: unknown, { problems }: Words): Told {
  if (error instanceof ApiProblem) {
    const { message, remedy, code, status } = error;
    const title =
      status === 403 ? problems.forbidden : status === 404 ? problems.gone : problems.refused;
    return { title, detail: message, remedy, code };
  }
  if (error instanceof ServiceUnreachable) {
    const { unreachable, unreachableRemedy } = problems;
    return { title: unreachable, detail: error.message, remedy: unreachableRemedy, code: null };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: problems.defect, detail, remedy: problems.defectRemedy, code: null };
}
