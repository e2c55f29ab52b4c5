import { HoldfastError } from '@holdfast/core';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

/** A line is written within so many milliseconds, or when so many bytes wait: a write for each costs more. */
const WITHIN = 100;
const GATHERED = 4096;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** One JSON object a line. Nothing that came in a request's body or headers is ever handed to it. */
export function makeLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: shownError },
  };
  const gathered = { dest: 1, sync: false, minLength: GATHERED, periodicFlush: WITHIN };
  return pino(options, destination ?? pino.destination(gathered));
}

/** Of an expected failure its code says enough; of a defect, where it is. */
function shownError(error: unknown): object {
  if (error instanceof HoldfastError) {
    const { code, message } = error as HoldfastError;
    return { code, message };
  }
  if (error instanceof Error) return stdSerializers.errWithCause(error);
  return { message: 'something that is no error was thrown' };
}
