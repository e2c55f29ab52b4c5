const MILLISECONDS = 1;

/**
 * Keeps the event loop turning for a moment after work, on both sides of the channel. What comes within that
 * moment finds a core that is awake: to wake one, above all a virtual one, takes as long as an operation.
 */
export class Awake {
  readonly #wanted: () => boolean;
  #until = 0;
  #turning = false;

  /** Stops early when there is nothing to wait for any more. */
  constructor(wanted: () => boolean) {
    this.#wanted = wanted;
  }

  stay(): void {
    this.#until = performance.now() + MILLISECONDS;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turn();
    });
  }

  #turn(): void {
    this.#turning = this.#wanted() && performance.now() < this.#until;
    if (!this.#turning) return;
    setImmediate(() => {
      this.#turn();
    });
  }
}
