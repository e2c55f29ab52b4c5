import { HoldfastError } from '@holdfast/age';
import type { Run } from '../run.ts';
import { knownMedia, protectedNames } from './known-media.ts';

/**
 * The names of all media that nothing is ever written to: those of the configuration, and those that the register
 * protects whenever it is asked. A register that cannot be read is told once, and protects nothing meanwhile.
 */
export function protectedMedia(
  configured: readonly string[],
  run: Pick<Run, 'catalog'>,
  tell: (words: string) => void,
): () => Promise<readonly string[]> {
  let told = false;
  return async () => {
    try {
      return [...configured, ...protectedNames(await knownMedia(run))];
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      // Whoever may not look into the state folder makes no backups with it either.
      if (!told && cause.code !== 'ACCESS_DENIED') {
        tell(`the register of media cannot be read, nor what it protects: ${cause.message}`);
      }
      told = true;
      return configured;
    }
  };
}
