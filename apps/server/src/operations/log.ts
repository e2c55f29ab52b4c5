import { HoldfastError } from '@holdfast/core';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

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
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Of an expected failure its code says enough; of a defect, where it is. */
function shownError(error: unknown): object {
  if (error instanceof HoldfastError) return { code: error.code, message: error.message };
  if (error instanceof Error) return stdSerializers.errWithCause(error) as object;
  return { message: 'something that is no error was thrown' };
}
