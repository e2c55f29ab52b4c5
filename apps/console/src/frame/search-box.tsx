import { TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { useAsked } from './use-asked.ts';

const PAUSE = 250;

/** Looks for words; they are in the address, under `q`. */
export function SearchBox(): ReactNode {
  const { common } = useWords();
  const [asked, ask] = useAsked();
  const [text, setText] = useState(asked['q'] ?? '');
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text !== (asked['q'] ?? '')) ask({ q: text });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [text, asked, ask]);
  return (
    <TextInput
      type="search"
      label={common.search}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
      }}
    />
  );
}

/** Whether something holds all of these words, in whatever it is. */
export function matches(row: unknown, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = JSON.stringify(row).toLowerCase();
  return words.every((word) => text.includes(word));
}
