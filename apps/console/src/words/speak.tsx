import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { en, type Words } from './en/index.ts';
import { SpokenContext, type Language, type Spoken } from './use-words.ts';

const KEPT = 'holdfast-language';
const LANGUAGES: readonly Language[] = ['en', 'de'];

/** English is part of the page; what somebody else speaks is fetched when they do. */
const OTHERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Words>>> = {
  de: async () => (await import('./de/index.ts')).de,
};

/** Speaks the language that somebody chose, else the first of their browser’s that is known. */
export function Speak({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(preferred);
  const [words, setWords] = useState<Words | null>(language === 'en' ? en : null);

  useEffect(() => {
    document.documentElement.lang = language;
    let isCurrent = true;
    const loading = language === 'en' ? Promise.resolve(en) : OTHERS[language]();
    // Where it cannot be loaded, English is better than nothing.
    void loading
      .catch(() => en)
      .then((loaded) => {
        if (isCurrent) setWords(loaded);
      });
    return () => {
      isCurrent = false;
    };
  }, [language]);

  const spoken = useMemo<Spoken | null>(
    () =>
      words && {
        language,
        locale: navigator.languages.find((it) => it.startsWith(language)) ?? language,
        words,
        speak: (chosen) => {
          localStorage.setItem(KEPT, chosen);
          setLanguage(chosen);
        },
      },
    [language, words],
  );
  return spoken && <SpokenContext value={spoken}>{children}</SpokenContext>;
}

function preferred(): Language {
  const known = (tag: string): Language | undefined =>
    LANGUAGES.find((it) => tag === it || tag.startsWith(`${it}-`));
  const chosen = localStorage.getItem(KEPT);
  const found = chosen === null ? navigator.languages.map(known).find(Boolean) : known(chosen);
  return found ?? 'en';
}
