import { Alert, Checkbox, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './back-up-page.tsx';
import { typedFor } from './plan.ts';
import { Strength } from './strength.tsx';

/** What has to be typed: the password twice, with its hint, and PINs. */
export function TypedStep({ plan, known, change }: StepProps): ReactNode {
  const { seal, session } = useWords();
  const typed = typedFor(plan, known);
  const visible = { visibilityToggleButtonProps: { 'aria-label': session.show, tabIndex: 0 } };
  const isOther = plan.again !== '' && plan.again !== plan.password;
  if (!typed.password && typed.pins.length === 0 && typed.custodianPasswords.length === 0) {
    return <Text>{seal.nothingTyped}</Text>;
  }
  return (
    <Stack>
      {typed.password ? (
        <>
          <PasswordInput
            label={seal.password}
            description={seal.passwordHelp}
            value={plan.password}
            autoComplete="new-password"
            {...visible}
            onChange={({ currentTarget }) => {
              change({ password: currentTarget.value });
            }}
          />
          <Strength password={plan.password} hint={plan.hint} />
          <PasswordInput
            label={seal.again}
            value={plan.again}
            autoComplete="new-password"
            error={isOther ? seal.missing.again : null}
            {...visible}
            onChange={({ currentTarget }) => {
              change({ again: currentTarget.value });
            }}
          />
          <TextInput
            label={seal.hint}
            description={seal.hintHelp}
            value={plan.hint}
            maxLength={512}
            onChange={({ currentTarget }) => {
              change({ hint: currentTarget.value });
            }}
          />
          {plan.hint === '' ? null : <Alert color="yellow">{seal.hintWarning}</Alert>}
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
        <PasswordInput
          key={alias}
          label={seal.pin(alias)}
          description={seal.pinHelp}
          value={plan.pins[alias] ?? ''}
          autoComplete="off"
          {...visible}
          onChange={({ currentTarget }) => {
            change({ pins: { ...plan.pins, [alias]: currentTarget.value } });
          }}
        />
      ))}
      {typed.custodianPasswords.map((name) => (
        <PasswordInput
          key={name}
          label={seal.custodianPassword(name)}
          description={seal.custodianPasswordHelp}
          value={plan.custodianPasswords[name] ?? ''}
          autoComplete="new-password"
          {...visible}
          onChange={({ currentTarget }) => {
            const custodianPasswords = { ...plan.custodianPasswords, [name]: currentTarget.value };
            change({ custodianPasswords });
          }}
        />
      ))}
    </Stack>
  );
}
