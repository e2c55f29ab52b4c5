import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface Answer<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface AskedProps<T> {
  readonly answer: Answer<T>;
  readonly children: (data: T) => ReactNode;
}

/** Something that was asked for: what came, why nothing came, or that it is still awaited. */
export function Asked<T>({ answer, children }: AskedProps<T>): ReactNode {
  const { data, error, refetch } = answer;
  const problem = <Problem error={error} again={() => void refetch()} />;
  if (data !== undefined) {
    return (
      <>
        {problem}
        {children(data)}
      </>
    );
  }
  if (error !== null && error !== undefined) return problem;
  return (
    <Stack aria-busy="true">
      <Skeleton height={32} />
      <Skeleton height={32} width="70%" />
      <Skeleton height={32} width="85%" />
    </Stack>
  );
}
