import type { Job } from '@holdfast/api';
import { Button, Group, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { to } from '../frame/links.ts';
import { Problem } from '../frame/problem.tsx';

interface ActFormProps {
  readonly act: string;
  readonly disabled?: boolean;
  /** Asks for the job. */
  readonly onSubmit: () => Promise<Job>;
  readonly children: ReactNode;
}

/** A form that begins a job, and goes to it. */
export function ActForm({ act, disabled = false, onSubmit, children }: ActFormProps): ReactNode {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const job = await onSubmit();
      await queries.invalidateQueries();
      go(to.job(job.id));
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="lg">
        {children}
        <Problem error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy} disabled={disabled}>
            {act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
