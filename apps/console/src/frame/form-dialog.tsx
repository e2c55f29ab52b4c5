import { Button, Group, Modal, Stack } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Problem } from './problem.tsx';

interface FormDialogProps {
  readonly title: string;
  readonly act: string;
  readonly onClose: () => void;
  /** Does it; the dialog closes when that resolves, and tells why not otherwise. */
  readonly onSubmit: () => Promise<unknown>;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** A dialog with a form in it, open as long as it is there. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const { title, act, onClose, onSubmit, disabled = false, children } = props;
  const { common } = useWords();
  useFocusReturn();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      onClose();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {children}
          <Problem error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={isBusy} disabled={disabled}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What had the focus before gets it back when the dialog is gone. */
function useFocusReturn(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    },
    [before],
  );
}
