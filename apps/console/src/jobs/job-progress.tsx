import type { Job } from '@holdfast/api';
import { Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isOver } from '../api/use-job.ts';
import { sizeText } from '../frame/amounts.ts';
import { Mark, type Light } from '../frame/mark.tsx';
import { useSpoken } from '../words/use-words.ts';
import { stagesOf, type Stage } from './stages.ts';

const LIGHTS: Readonly<Record<Stage['is'], Light>> = {
  ...{ done: 'good', now: 'none', ahead: 'none', failed: 'bad' },
};

/** How far a job is: its stages, and within the one that it is in. */
export function JobProgress({ job }: { readonly job: Job }): ReactNode {
  const { words, locale } = useSpoken();
  const { jobs } = words;
  const { progress } = job;
  const stages = stagesOf(job);
  return (
    <Stack gap="xs">
      {stages.length === 0 ? null : (
        <ol className="stages" aria-label={jobs.progress}>
          {stages.map(({ name, is }) => (
            <li key={name} {...(is === 'now' && { 'aria-current': 'step' as const })}>
              <Mark light={LIGHTS[is]} size="lg">
                {jobs.stages[name]}
                {is === 'now' ? '…' : ''}
              </Mark>
            </li>
          ))}
        </ol>
      )}
      {isOver(job) || progress === null ? null : (
        <>
          <Progress
            value={
              progress.total === null || progress.total === 0
                ? 100
                : (100 * progress.done) / progress.total
            }
            animated={progress.total === null}
            aria-label={jobs.phases[progress.phase] ?? progress.phase}
          />
          <Text size="sm" c="dimmed">
            {jobs.phases[progress.phase] ?? progress.phase}: {sizeText(progress.done, locale)}
            {progress.total === null ? '' : ` / ${sizeText(progress.total, locale)}`}
          </Text>
        </>
      )}
    </Stack>
  );
}
