import type { Job } from '@holdfast/api';

export type StageName = 'sealing' | 'writing' | 'readingBack' | 'verified' | 'safe';

export interface Stage {
  readonly name: StageName;
  readonly is: 'done' | 'now' | 'ahead' | 'failed';
}

/** Kinds of job that write a backup. */
const SEALS = ['backup', 'generate', 'rotate'];

/** The phase that core tells of, and the stage that it is part of. */
const PHASES: Readonly<Record<string, StageName>> = {
  sealing: 'sealing',
  writing: 'writing',
  copying: 'writing',
  'reading back': 'readingBack',
};

const ORDER: readonly StageName[] = ['sealing', 'writing', 'readingBack', 'verified', 'safe'];

/** Of a backup: what is done, what is being done, and what is to come; none for other jobs. */
export function stagesOf({
  kind,
  state,
  progress,
  result,
}: Pick<Job, 'kind' | 'state' | 'progress' | 'result'>): readonly Stage[] {
  if (!SEALS.includes(kind)) return [];
  const names = hasMedia(result) ? ORDER : ORDER.slice(0, -1);
  if (state === 'finished') return names.map((name) => ({ name, is: 'done' }));
  const isDown = state === 'failed' || state === 'cancelled' || state === 'interrupted';
  const reached = ORDER.indexOf(PHASES[progress?.phase ?? ''] ?? 'sealing');
  return names.map((name, at) => {
    if (at < reached) return { name, is: 'done' };
    if (at > reached) return { name, is: 'ahead' };
    return { name, is: isDown ? 'failed' : state === 'running' ? 'now' : 'ahead' };
  });
}

/** Whether anything can be pulled out. Before it ended, nobody knows. */
function hasMedia(result: Job['result']): boolean {
  const copies = result?.['copies'];
  return Array.isArray(copies) && copies.some((it) => (it as { medium?: unknown }).medium !== null);
}
