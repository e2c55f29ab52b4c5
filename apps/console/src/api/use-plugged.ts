import { useEffect, useState } from 'react';
import type { Got } from './queries.ts';
import { service } from './service.ts';

export type Plugged = Got<'listMedia'>['plugged'][number];

const AGAIN = 2000;

/** What is plugged in, as it comes and goes; `null` until that is known, or where it cannot be told. */
export function usePlugged(): readonly Plugged[] | null {
  const [plugged, setPlugged] = useState<readonly Plugged[] | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    void (async () => {
      for (;;) {
        try {
          const events = service.events('watchMedia', { signal });
          for await (const event of events) setPlugged(event.plugged);
        } catch {
          if (signal.aborted) return;
          setPlugged(null);
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    })();
    return () => {
      stop.abort();
    };
  }, []);
  return plugged;
}
