import { useSyncExternalStore } from 'react';

const EVERY = 20_000;
let now = Date.now();
const listeners = new Set<() => void>();

setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, EVERY);

/** The time, exact enough for words such as “3 minutes ago”. In milliseconds. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
  );
}
