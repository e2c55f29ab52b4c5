const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Cancellation extends Disposable {
  readonly signal: AbortSignal;
  /** What a cancelled command exits with. */
  readonly exitCode: number;
}

/** The first Ctrl-C asks the command to end and to leave nothing partial; the second ends it at once. */
export function listenForCancellation(): Cancellation {
  const controller = new AbortController();
  let exitCode = 130;
  const listener = (name: NodeJS.Signals): void => {
    exitCode = EXIT_BY_SIGNAL[name as keyof typeof EXIT_BY_SIGNAL];
    if (controller.signal.aborted) {
      stopListening();
      process.kill(process.pid, name);
    }
    controller.abort();
  };
  const names = Object.keys(EXIT_BY_SIGNAL) as NodeJS.Signals[];
  const stopListening = (): void => {
    for (const name of names) process.removeListener(name, listener);
  };
  for (const name of names) process.on(name, listener);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: stopListening,
  };
}
