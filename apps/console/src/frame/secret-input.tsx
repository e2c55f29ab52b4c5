import { PasswordInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

interface SecretInputProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What a password manager is told: something that is made here, or nothing that it should keep. */
  readonly isNew?: boolean;
  readonly error?: string | null;
  readonly disabled?: boolean;
  /** Has the focus at once. */
  readonly isFirst?: boolean;
}

/** A field for what nobody else should read, with an eye that a keyboard reaches. */
export function SecretInput(props: SecretInputProps): ReactNode {
  const { isNew = false, isFirst = false, onChange, ...rest } = props;
  const { session } = useWords();
  return (
    <PasswordInput
      {...rest}
      autoComplete={isNew ? 'new-password' : 'off'}
      spellCheck={false}
      autoFocus={isFirst}
      data-autofocus={isFirst || undefined}
      visibilityToggleButtonProps={{ 'aria-label': session.show, tabIndex: 0 }}
      onChange={({ currentTarget }) => {
        onChange(currentTarget.value);
      }}
    />
  );
}
