/** An error of the operating system, as Node reports it. */
export interface SystemError extends Error {
  readonly code: string;
  readonly errno?: number;
  /** Which call failed: `read`, `write`, … */
  readonly syscall?: string;
}

/** Whether the operating system refused something (with one of `codes`, when any are given). */
export function isSystemError(cause: unknown, ...codes: readonly string[]): cause is SystemError {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string')
    return false;
  if (!('syscall' in cause || 'errno' in cause)) return false;
  return codes.length === 0 || codes.includes(cause.code);
}

/** EUCLEAN, ENOMEDIUM and EMEDIUMTYPE have no name in libuv. */
const NAMELESS_MEDIUM_ERRORS: readonly number[] = [-117, -123, -124];

const MEDIUM_ERRORS: readonly string[] = [
  'EIO',
  'ENODEV',
  'ENXIO',
  'ESTALE',
  'ENOTCONN',
  'ESHUTDOWN',
  'EREMOTEIO',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
];

/** Whether this is what a medium or a server that went away answers. */
export function isMediumError(cause: SystemError): boolean {
  return (
    MEDIUM_ERRORS.includes(cause.code) ||
    (cause.errno !== undefined && NAMELESS_MEDIUM_ERRORS.includes(cause.errno))
  );
}
