import type { Job } from '@holdfast/api';
import { ApiProblem } from '@holdfast/api/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { service } from './service.ts';

/** Milliseconds after which a job is looked for again whose events broke off. */
const AGAIN = 2000;

export interface FollowedJob {
  readonly job: Job | null;
  readonly error: Error | null;
  /** What was told of it, the newest last. */
  readonly notes: readonly string[];
  /** Its events broke off, and are asked for again. */
  readonly isCutOff: boolean;
}

export function isOver({ ended }: Job): boolean {
  return ended !== null;
}

/** A job as it goes on, over lost connections and reloads too, until it has ended. */
export function useJob(id: string): FollowedJob {
  const queries = useQueryClient();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [isCutOff, setCutOff] = useState(false);
  const shown = useQuery({
    queryKey: ['showJob', { params: { id } }],
    queryFn: async ({ signal }) => await service.call('showJob', { params: { id }, signal }),
    refetchInterval: isCutOff ? AGAIN : false,
  });
  const { data, error } = shown;
  const hasEnded = data !== undefined && isOver(data);
  const isGone = error instanceof ApiProblem && error.status === 404;

  useEffect(() => {
    if (hasEnded || isGone) return;
    const stop = new AbortController();
    void follow(id, stop.signal, {
      onEvent: async ({ note, progress, state }) => {
        setCutOff(false);
        if (note !== undefined) setNotes((all) => [...all, note]);
        if (progress !== undefined) {
          queries.setQueryData<Job>(['showJob', { params: { id } }], (job) =>
            job === undefined ? job : { ...job, progress },
          );
        }
        if (state !== undefined) await queries.invalidateQueries();
      },
      onCut: () => {
        setCutOff(true);
      },
      onEnd: async () => await queries.invalidateQueries(),
    });
    return () => {
      stop.abort();
    };
  }, [id, hasEnded, isGone, queries]);

  // What it changed is asked for anew, also when it was over before anybody followed it.
  useEffect(() => {
    if (hasEnded)
      void queries.invalidateQueries({ predicate: (it) => it.queryKey[0] !== 'showJob' });
  }, [hasEnded, queries]);

  return { job: data ?? null, error, notes, isCutOff };
}

interface Told {
  readonly note?: string | undefined;
  readonly progress?: NonNullable<Job['progress']> | undefined;
  readonly state?: string | undefined;
}

interface Listener {
  readonly onEvent: (event: Told) => Promise<void>;
  readonly onCut: () => void;
  readonly onEnd: () => Promise<void>;
}

async function follow(id: string, signal: AbortSignal, listener: Listener): Promise<void> {
  for (;;) {
    try {
      const events = service.events('followJob', { params: { id }, signal });
      for await (const event of events) await listener.onEvent(event);
      await listener.onEnd();
      return;
    } catch (cause) {
      if (signal.aborted) return;
      if (cause instanceof ApiProblem && cause.status < 500 && cause.status !== 429) return;
      listener.onCut();
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}
