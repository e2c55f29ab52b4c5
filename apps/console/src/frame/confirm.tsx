import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Problem } from './problem.tsx';

interface ConfirmProps {
  /** On the button that asks, and on the one that does it. */
  readonly act: string;
  readonly title: string;
  /** What it does to the world, and whether it can be taken back. */
  readonly children: ReactNode;
  readonly onConfirm: () => Promise<unknown>;
  readonly isDangerous?: boolean;
  readonly disabled?: boolean;
}

/** A button for what should not happen by a slip. */
export function Confirm(props: ConfirmProps): ReactNode {
  const { act, title, children, onConfirm, isDangerous = true, disabled = false } = props;
  const { common } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const color = isDangerous ? { color: 'red' } : {};
  const close = (): void => {
    setOpen(false);
    setError(null);
  };
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        variant={isDangerous ? 'outline' : 'default'}
        {...color}
        disabled={disabled}
        onClick={() => {
          setOpen(true);
        }}
      >
        {act}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={title}
        closeButtonProps={{ 'aria-label': common.close }}
      >
        <Stack>
          <Text component="div" size="sm">
            {children}
          </Text>
          <Problem error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {common.cancel}
            </Button>
            <Button {...color} loading={isBusy} onClick={() => void confirm()}>
              {act}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
