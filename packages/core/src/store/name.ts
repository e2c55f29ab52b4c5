import { coreError } from '../errors.ts';

/** Names are names of folders too: nothing in them that a file system or a shell takes for more. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** Throws SECRET_NAME_INVALID. */
export function assertSecretName(name: string): void {
  if (!isSecretName(name)) {
    throw coreError('SECRET_NAME_INVALID', `${JSON.stringify(name)} cannot be a secret's name`);
  }
}
