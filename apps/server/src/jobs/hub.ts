import type { Catalog, ServiceJobEvent, ServiceJobState } from '@holdfast/core/service';
import { hasEnded } from './states.ts';

/** How often a job is looked at that runs on another server. In milliseconds. */
const POLL = 1000;

/** Tells any number of listeners what happens in jobs; each job is read once for all of them. */
export interface Hub {
  /** Something happened in a job on this server. */
  wake(job: string): void;
  follow(
    job: string,
    options: { readonly after?: number; readonly signal: AbortSignal },
  ): AsyncGenerator<ServiceJobEvent>;
}

interface Feed {
  listeners: number;
  /** In their order, from the first on. */
  readonly events: ServiceJobEvent[];
  readonly waiting: Set<() => void>;
  timer: NodeJS.Timeout;
  reading: Promise<void> | null;
  again: boolean;
}

export function makeHub(catalog: () => Promise<Catalog>): Hub {
  const feeds = new Map<string, Feed>();

  async function read(job: string, feed: Feed): Promise<void> {
    const after = feed.events.at(-1)?.sequence ?? 0;
    const more = await (await catalog()).service.jobs.events(job, { after });
    if (more.length === 0) return;
    feed.events.push(...more);
    const waiting = [...feed.waiting];
    feed.waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /** One read at a time; what happens meanwhile is read after it. */
  async function refresh(job: string, feed: Feed): Promise<void> {
    if (feed.reading !== null) {
      feed.again = true;
      await feed.reading;
      return;
    }
    feed.reading = read(job, feed).finally(() => {
      feed.reading = null;
      if (!feed.again) return;
      feed.again = false;
      void refresh(job, feed).catch(() => undefined);
    });
    await feed.reading;
  }

  function enter(job: string): Feed {
    const found = feeds.get(job);
    if (found !== undefined) {
      found.listeners += 1;
      return found;
    }
    const timer = setInterval(() => {
      const feed = feeds.get(job);
      // A database that is away for a moment is asked again.
      if (feed !== undefined) void refresh(job, feed).catch(() => undefined);
    }, POLL);
    const feed = {
      ...{ listeners: 1, events: [], waiting: new Set<() => void>(), timer },
      ...{ reading: null, again: false },
    };
    feeds.set(job, feed);
    return feed;
  }

  function leave(job: string, feed: Feed): void {
    feed.listeners -= 1;
    if (feed.listeners > 0) return;
    clearInterval(feed.timer);
    feeds.delete(job);
  }

  return {
    wake(job) {
      const feed = feeds.get(job);
      if (feed !== undefined) void refresh(job, feed).catch(() => undefined);
    },
    async *follow(job, { after = 0, signal }) {
      const feed = enter(job);
      try {
        await refresh(job, feed);
        let told = after;
        while (!signal.aborted) {
          for (const event of feed.events.slice(firstAfter(feed.events, told))) {
            told = event.sequence;
            yield event;
            if (isLast(event)) return;
          }
          // Whoever says to have seen the end has.
          const last = feed.events.at(-1);
          if (last !== undefined && isLast(last)) return;
          await news(feed, signal);
        }
      } finally {
        leave(job, feed);
      }
    },
  };
}

/** Sequences have no gaps, but need not begin at 1 for what was forgotten. */
function firstAfter(events: readonly ServiceJobEvent[], sequence: number): number {
  const at = events.findIndex((event) => event.sequence > sequence);
  return at === -1 ? events.length : at;
}

function isLast({ type, detail }: ServiceJobEvent): boolean {
  return type === 'state' && hasEnded(detail['state'] as ServiceJobState);
}

async function news(feed: Feed, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      feed.waiting.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    feed.waiting.add(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
