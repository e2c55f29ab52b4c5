import { Button, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

interface IdleWarningProps {
  readonly seconds: number;
  readonly onStay: () => void;
}

/** Says that the session is about to end. */
export function IdleWarning({ seconds, onStay }: IdleWarningProps): ReactNode {
  const { session } = useWords();
  return (
    <Modal opened onClose={onStay} title={session.stillThere} withCloseButton={false}>
      <Text size="sm" mb="md" role="timer">
        {session.endsIn(seconds)}
      </Text>
      <Group justify="flex-end">
        <Button data-autofocus onClick={onStay}>
          {session.stay}
        </Button>
      </Group>
    </Modal>
  );
}
