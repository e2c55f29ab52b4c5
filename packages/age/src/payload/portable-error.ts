import { HoldfastError } from '../error.ts';

/** An error with what the structured clone algorithm would lose: its code and what else identifies it. */
export interface PortableError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly remedy: string | null;
  /** Own properties, such as the code, errno and syscall of an error of node:fs. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export function toPortable(error: unknown): PortableError {
  if (!(error instanceof Error)) {
    return { message: String(error), stack: undefined, remedy: null, properties: {} };
  }
  const { message, stack } = error;
  const properties = Object.fromEntries(
    Object.entries(error).filter(
      ([, value]) => typeof value === 'string' || typeof value === 'number',
    ),
  );
  return {
    message,
    stack,
    remedy: error instanceof HoldfastError ? error.remedy : null,
    properties,
  };
}

/** The error as it was thrown in the other thread. */
export function revive({ message, stack, remedy, properties }: PortableError): Error {
  const error =
    remedy === null
      ? new Error(message)
      : new HoldfastError(String(properties['code']), message, remedy);
  Object.assign(error, properties);
  if (stack !== undefined) error.stack = stack;
  return error;
}
