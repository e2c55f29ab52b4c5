import { Alert, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { SecretInput } from '../frame/secret-input.tsx';
import { useWords } from '../words/use-words.ts';
import { Strength } from './strength.tsx';

/** A password as it is chosen. It is gone with the page. */
export interface Chosen {
  readonly password: string;
  readonly again: string;
  readonly hint: string;
}

export const NOT_CHOSEN: Chosen = { password: '', again: '', hint: '' };

/** Typed, and typed the same once more. */
export function isChosen({ password, again }: Chosen): boolean {
  return password !== '' && password === again;
}

interface NewPasswordProps {
  readonly label: string;
  readonly value: Chosen;
  readonly onChange: (change: Partial<Chosen>) => void;
}

/** A password, typed twice, with advice and its hint. */
export function NewPassword({ label, value, onChange }: NewPasswordProps): ReactNode {
  const { seal } = useWords();
  const { password, again, hint } = value;
  return (
    <>
      <SecretInput
        label={label}
        description={seal.passwordHelp}
        value={password}
        isNew
        onChange={(typed) => {
          onChange({ password: typed });
        }}
      />
      <Strength password={password} hint={hint} />
      <SecretInput
        label={seal.again}
        value={again}
        isNew
        error={again !== '' && again !== password ? seal.missing.again : null}
        onChange={(typed) => {
          onChange({ again: typed });
        }}
      />
      <TextInput
        label={seal.hint}
        description={seal.hintHelp}
        value={hint}
        maxLength={512}
        onChange={({ currentTarget }) => {
          onChange({ hint: currentTarget.value });
        }}
      />
      {hint === '' ? null : <Alert color="yellow">{seal.hintWarning}</Alert>}
    </>
  );
}
