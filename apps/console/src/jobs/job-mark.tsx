import type { Job } from '@holdfast/api';
import type { ReactNode } from 'react';
import { Mark, type Light } from '../frame/mark.tsx';
import { useWords } from '../words/use-words.ts';

const LIGHTS: Readonly<Record<Job['state'], Light>> = {
  ...{ 'awaiting-approval': 'doubt', queued: 'none', running: 'none', finished: 'good' },
  ...{ failed: 'bad', cancelled: 'doubt', interrupted: 'bad', rejected: 'bad', expired: 'bad' },
};

export function JobMark({
  state,
  size = 'md',
}: {
  readonly state: Job['state'];
  readonly size?: 'sm' | 'md' | 'lg';
}): ReactNode {
  const { jobs } = useWords();
  return (
    <Mark light={LIGHTS[state]} size={size}>
      {jobs.states[state]}
    </Mark>
  );
}
