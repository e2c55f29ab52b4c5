/** A word of memory in which it is decided, once, whether a worker takes part in a run. */
export type Admission = SharedArrayBuffer;

export function createAdmission(): Admission {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** True for the first who asks: the worker, which then begins, or the run, which is over without it. */
export function admit(admission: Admission): boolean {
  const word = new Int32Array(admission);
  const first = Atomics.compareExchange(word, 0, 0, 1) === 0;
  Atomics.notify(word, 0);
  return first;
}

/** Resolves when somebody has asked. */
export async function decided(admission: Admission): Promise<void> {
  const { async, value } = Atomics.waitAsync(new Int32Array(admission), 0, 0);
  if (async) await value;
}
