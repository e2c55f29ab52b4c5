import { Checkbox, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { SecretInput } from '../frame/secret-input.tsx';
import { useWords } from '../words/use-words.ts';
import { NewPassword } from './new-password.tsx';
import { typedFor } from './plan.ts';
import type { StepProps } from './step.ts';

/** What has to be typed: the password twice, with its hint, and PINs. */
export function TypedStep({ plan, known, change }: StepProps): ReactNode {
  const { seal } = useWords();
  const typed = typedFor(plan, known);
  if (!typed.password && typed.pins.length === 0 && typed.custodianPasswords.length === 0) {
    return <Text>{seal.nothingTyped}</Text>;
  }
  return (
    <Stack>
      {typed.password ? (
        <>
          <NewPassword label={seal.password} value={plan} onChange={change} />
          <Checkbox
            label={seal.allowWeak}
            checked={plan.allowWeakPassword}
            onChange={({ currentTarget }) => {
              change({ allowWeakPassword: currentTarget.checked });
            }}
          />
        </>
      ) : null}
      {typed.pins.map((alias) => (
        <SecretInput
          key={alias}
          label={seal.pin(alias)}
          description={seal.pinHelp}
          value={plan.pins[alias] ?? ''}
          onChange={(pin) => {
            change({ pins: { ...plan.pins, [alias]: pin } });
          }}
        />
      ))}
      {typed.custodianPasswords.map((name) => (
        <SecretInput
          key={name}
          label={seal.custodianPassword(name)}
          description={seal.custodianPasswordHelp}
          value={plan.custodianPasswords[name] ?? ''}
          isNew
          onChange={(password) => {
            change({ custodianPasswords: { ...plan.custodianPasswords, [name]: password } });
          }}
        />
      ))}
    </Stack>
  );
}
