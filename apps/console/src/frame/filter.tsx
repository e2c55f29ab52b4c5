import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { useAsked } from './use-asked.ts';

interface FilterProps {
  /** What the address calls it. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly (string | { readonly value: string; readonly label: string })[];
}

/** Narrows a list down; what was chosen is in the address. */
export function Filter({ name, label, options }: FilterProps): ReactNode {
  const { common } = useWords();
  const [asked, ask] = useAsked();
  return (
    <NativeSelect
      label={label}
      value={asked[name] ?? ''}
      data={[{ value: '', label: common.all }, ...options]}
      onChange={({ currentTarget }) => {
        ask({ [name]: currentTarget.value });
      }}
    />
  );
}
