import { expectThat } from '../../guest/lab-error.ts';
import type { MediaGuest, Outcome } from './media-guest.ts';

/** What lies on a stick after something went wrong with it. */
export interface Verdict {
  readonly former: boolean;
  readonly fresh: boolean;
  /** Whole or not, files that never got their name. */
  readonly unfinished: number;
}

/**
 * Looks at the only stick that is plugged in as a stranger would, opening every backup on it. Throws when a file with
 * a final name is not whole, when the former backup is gone, or when a backup that was reported is not there.
 */
export async function judge(
  media: MediaGuest,
  expected: { readonly former: string; readonly outcome: Outcome },
): Promise<Verdict> {
  const { former, outcome } = expected;
  const { backups = [], ...looked } = await media.order({ do: 'verify', from: 'usb', wait: 20 });
  expectThat(looked.outcome === 'done', `the stick reads ${looked.outcome}: ${looked.message}`);
  const named = backups.filter(({ file }) => !file.startsWith('.'));
  const broken = named.find((it) => it.outcome !== 'whole');
  expectThat(broken === undefined, `${broken?.file ?? ''} is ${broken?.outcome ?? ''}`);
  const hasFormer = named.some(({ file }) => file === former);
  expectThat(hasFormer, `the former backup ${former} is lost`);
  const fresh = named.some(({ file }) => file !== former);
  if (outcome.outcome === 'done') expectThat(fresh, 'the backup that was reported is not there');
  return { former: hasFormer, fresh, unfinished: backups.length - named.length };
}

/** In a few words: `2 DESTINATION_LOST, 1 done`. */
export function countWords(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
