import { Button, Code, CopyButton, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

/** Something to be taken along: a command, an id, a token that is shown once. */
export function Copyable({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): ReactNode {
  const { common } = useWords();
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap" role="group" aria-label={label}>
      <Code block className="copyable">
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            aria-label={`${common.copy}: ${label}`}
          >
            {copied ? common.copied : common.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
