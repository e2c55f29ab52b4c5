import { Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSpoken } from '../words/use-words.ts';
import { expressionOf, PASSWORD_ONLY, type Composed } from './composed.ts';
import { EnvelopeFields } from './envelope-fields.tsx';
import { sentenceOf } from './sentence.ts';

const MOST = 16;

interface ComposerProps {
  readonly value: readonly Composed[];
  readonly onChange: (value: readonly Composed[]) => void;
}

/** Puts envelopes together by clicking, and says in words and as an expression what they amount to. */
export function Composer({ value, onChange }: ComposerProps): ReactNode {
  const { words } = useSpoken();
  const { envelopes } = words;
  const put = (at: number, composed: Composed): void => {
    onChange(value.map((each, place) => (place === at ? composed : each)));
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {envelopes.help}
      </Text>
      {value.map((composed, at) => (
        // Envelopes have no name but their place.
        <Card key={at} withBorder padding="sm" role="group" aria-label={envelopes.envelope(at + 1)}>
          <Group justify="space-between" mb="xs">
            <Text fw={600} size="sm" aria-hidden="true">
              {envelopes.envelope(at + 1)}
            </Text>
            {value.length === 1 ? null : (
              <Button
                size="xs"
                variant="subtle"
                onClick={() => {
                  onChange(value.filter((_, place) => place !== at));
                }}
              >
                {envelopes.remove(at + 1)}
              </Button>
            )}
          </Group>
          <EnvelopeFields
            value={composed}
            onChange={(changed) => {
              put(at, changed);
            }}
          />
        </Card>
      ))}
      {value.length >= MOST ? null : (
        <Button
          variant="default"
          onClick={() => {
            onChange([...value, { ...PASSWORD_ONLY, password: false } as Composed]);
          }}
        >
          {envelopes.add}
        </Button>
      )}
      <InWords expressions={value.map(expressionOf)} />
    </Stack>
  );
}

/** The same envelopes as a sentence, and as expressions. */
export function InWords({ expressions }: { readonly expressions: readonly string[] }): ReactNode {
  const { words, locale } = useSpoken();
  const said = expressions.filter((it) => it !== '');
  return (
    <Stack gap={4}>
      <Text fw={600} role="status" data-testid="sentence">
        {sentenceOf(expressions, words, locale)}
      </Text>
      {said.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {words.envelopes.expression}:{' '}
          {said.map((expression, at) => (
            <span key={expression}>
              {at === 0 ? '' : ' | '}
              <Code className="breaks">{expression}</Code>
            </span>
          ))}
        </Text>
      )}
    </Stack>
  );
}
