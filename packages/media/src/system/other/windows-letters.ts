import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Without A and B: a floppy drive would turn at every look. */
const LETTERS = Array.from('CDEFGHIJKLMNOPQRSTUVWXYZ');
/** Milliseconds that a look may take before the last answer is taken instead. */
const PATIENCE = 500;

/** What identifies the volume at a path, or `null` when there is none. */
export type LookAtDrive = (path: string) => Promise<string | null>;

/**
 * Makes what tells whether drives came or went: which letters there are, and the serial number of each one's volume.
 * A network drive whose server is away takes long to answer; it is asked once until it does.
 */
export function windowsFingerprint(look: LookAtDrive = volumeAt): () => Promise<string> {
  const answers = new Map<string, string>();
  const asked = new Map<string, Promise<void>>();

  async function ask(letter: string): Promise<void> {
    const found = await look(`${letter}:\\`).catch(() => null);
    if (found === null) answers.delete(letter);
    else answers.set(letter, found);
    asked.delete(letter);
  }

  return async () => {
    for (const letter of LETTERS) if (!asked.has(letter)) asked.set(letter, ask(letter));
    await Promise.race([Promise.all(asked.values()), sleep(PATIENCE, undefined, { ref: false })]);
    return LETTERS.flatMap((letter) => {
      const answer = answers.get(letter);
      return answer === undefined ? [] : [`${letter}:${answer}`];
    }).join(' ');
  };
}

async function volumeAt(path: string): Promise<string | null> {
  return await stat(path).then(
    ({ dev }) => String(dev),
    () => null,
  );
}
