import { Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyProps {
  readonly title: string;
  /** What to do about it. */
  readonly what?: string;
  readonly children?: ReactNode;
}

/** Nothing is here, and what to do so that there is. */
export function Empty({ title, what, children }: EmptyProps): ReactNode {
  return (
    <Paper withBorder p="xl" className="empty">
      <Stack align="center" gap="xs">
        <Text fw={600}>{title}</Text>
        {what === undefined ? null : (
          <Text c="dimmed" ta="center" maw={560}>
            {what}
          </Text>
        )}
        {children}
      </Stack>
    </Paper>
  );
}
