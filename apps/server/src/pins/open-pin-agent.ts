import { Secret } from '@holdfast/core';
import type { PinAgent } from './pin-agent.ts';

interface Kept {
  readonly label: string;
  readonly serial: string;
  readonly pin: Secret;
  /** Seconds; `null`: for as long as the program runs. */
  readonly idle: number | null;
  /** A person handed it over, and nobody has used it since. */
  fresh: boolean;
  until: number;
  timer: NodeJS.Timeout | undefined;
}

export function openPinAgent(): PinAgent {
  const kept = new Map<string, Kept>();

  function drop(name: string): boolean {
    const found = kept.get(name);
    if (found === undefined) return false;
    clearTimeout(found.timer);
    found.pin[Symbol.dispose]();
    kept.delete(name);
    return true;
  }

  function wait(name: string, entry: Kept): void {
    clearTimeout(entry.timer);
    if (entry.idle === null) return;
    entry.until = Date.now() + entry.idle * 1000;
    entry.timer = setTimeout(() => drop(name), entry.idle * 1000).unref();
  }

  return {
    keep(token, pin, idle) {
      const name = nameOf(token);
      drop(name);
      const { label, serial } = token;
      const fresh = idle !== null;
      const entry = { label, serial, pin, idle, fresh, until: Infinity, timer: undefined };
      kept.set(name, entry);
      wait(name, entry);
    },
    forget: (token) => drop(nameOf(token)),
    get kept() {
      return [...kept.values()].map(({ label, serial, until }) => ({
        ...{ label, serial },
        until: until === Infinity ? null : new Date(until).toISOString(),
      }));
    },
    async pin({ token, tries }) {
      const name = nameOf(token);
      const found = kept.get(name);
      if (found === undefined) return await Promise.resolve(null);
      // It was wrong the last time: nobody tries it again until a person has handed one over.
      if (tries !== 'full' && !found.fresh) {
        drop(name);
        return null;
      }
      const typed = found.fresh;
      found.fresh = false;
      wait(name, found);
      return { pin: Secret.copy(found.pin.bytes), typed };
    },
    confirmLastTry: async () => await Promise.resolve(false),
    [Symbol.dispose]: () => {
      for (const name of [...kept.keys()]) drop(name);
    },
  };
}

function nameOf({ label, serial }: { readonly label: string; readonly serial: string }): string {
  return JSON.stringify([label, serial]);
}
