import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Copyable } from '../frame/copyable.tsx';
import { PageButton } from '../frame/link.tsx';
import { Mark, type Light } from '../frame/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { mendOf, type Finding as Found, type SecretStatus } from './mend.ts';

const LIGHTS = { note: 'none', warning: 'doubt', critical: 'bad' } as const satisfies Record<
  Found['severity'],
  Light
>;

interface FindingProps {
  readonly finding: Found;
  readonly of: SecretStatus | undefined;
  /** With the command that mends it too. */
  readonly isWhole?: boolean;
}

/** Something that is not as it should be, with the button that mends it. */
export function Finding({ finding, of, isWhole = false }: FindingProps): ReactNode {
  const { system } = useWords();
  const { code, severity, words, mend: command } = finding;
  const mend = mendOf(finding, of);
  return (
    <Stack gap={6} className="finding">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={2}>
          <Group gap="xs">
            <Mark light={LIGHTS[severity]} size="sm">
              {system.findings[code] ?? code}
            </Mark>
          </Group>
          <Text size="sm">{words}</Text>
        </Stack>
        {mend === null ? null : (
          <PageButton
            href={mend.href}
            size="xs"
            variant={severity === 'note' ? 'default' : 'filled'}
          >
            {system.mends[mend.word]}
          </PageButton>
        )}
      </Group>
      {isWhole && command !== null ? <Copyable text={command} label={system.byCommand} /> : null}
    </Stack>
  );
}
