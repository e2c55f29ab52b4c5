import { createContext, useContext } from 'react';
import type { Words } from './en/index.ts';

export type Language = 'en' | 'de';

export interface Spoken {
  readonly language: Language;
  /** The language with its region, for dates and numbers. */
  readonly locale: string;
  readonly words: Words;
  readonly speak: (language: Language) => void;
}

export const SpokenContext = createContext<Spoken | null>(null);

export function useSpoken(): Spoken {
  const spoken = useContext(SpokenContext);
  if (spoken === null) throw new TypeError('nobody said which language is spoken');
  return spoken;
}

export function useWords(): Words {
  return useSpoken().words;
}
