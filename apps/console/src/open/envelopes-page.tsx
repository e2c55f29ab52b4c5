import { Alert, Checkbox, Paper, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { asksOf, expressionOf, PASSWORD_ONLY } from '../envelopes/composed.ts';
import { Composer } from '../envelopes/composer.tsx';
import { Survives } from '../envelopes/survives.tsx';
import { Page } from '../frame/page.tsx';
import { Strength } from '../seal/strength.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { ChooseBackup } from './choose-backup.tsx';
import { bodyOf, handOver, needsOf, NO_OPENING } from './opening.ts';
import { OpeningFields } from './opening-fields.tsx';

/** Changes who can open a copy. */
export function EnvelopesPage(): ReactNode {
  const { open } = useWords();
  const settings = useRoute('showSettings', {});
  const fourEyes = settings.data?.fourEyes.includes('envelopes') ?? false;
  return (
    <Page title={open.envelopesTitle} about={open.envelopesAbout}>
      {fourEyes ? <Alert title={open.fourEyes}>{open.fourEyesHelp}</Alert> : null}
      <Paper withBorder p="md">
        <ChooseBackup>{(found, copy) => <Fields found={found} copy={copy} />}</ChooseBackup>
      </Paper>
    </Page>
  );
}

interface FieldsProps {
  readonly found: Got<'showBackup'>;
  readonly copy: string | undefined;
}

type What = 'add' | 'remove' | 'password';

function Fields({ found, copy }: FieldsProps): ReactNode {
  const { open, seal, session } = useWords();
  const { id, envelopes } = found.backup;
  const [what, setWhat] = useState<What>('add');
  const [opening, setOpening] = useState(NO_OPENING);
  const [added, setAdded] = useState([PASSWORD_ONLY]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [hint, setHint] = useState('');
  const [anyway, setAnyway] = useState(false);
  const needs = needsOf(envelopes, opening.envelope);
  const expressions = added.map(expressionOf);
  const typesNew = what === 'password' || (what === 'add' && asksOf(expressions).password);
  const isSaid =
    (!typesNew || (password !== '' && password === again)) &&
    (what !== 'add' || !expressions.includes('')) &&
    (what !== 'remove' || removed.length > 0);
  const visible = { visibilityToggleButtonProps: { 'aria-label': session.show, tabIndex: 0 } };
  return (
    <ActForm
      act={open.envelopesAct}
      disabled={!isSaid}
      onSubmit={async () => {
        await handOver(opening, needs);
        const body = {
          ...(copy !== undefined && { copy }),
          ...(what === 'add' && { add: expressions }),
          ...(what === 'remove' && { remove: removed.map(Number) }),
          ...(what === 'password' && { replacePassword: true }),
          ...(typesNew && { newPassword: password, ...(hint !== '' && { hint }) }),
          allowSinglePointOfFailure: anyway,
          ...bodyOf(opening, needs),
        };
        return await service.call('changeEnvelopes', { params: { id }, body });
      }}
    >
      <Radio.Group
        label={open.change}
        value={what}
        onChange={(chosen) => {
          setWhat(chosen);
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="add" label={open.changes.add} />
          <Radio value="remove" label={open.changes.remove} disabled={envelopes.length < 2} />
          <Radio value="password" label={open.changes.password} />
        </Stack>
      </Radio.Group>
      {what === 'add' ? (
        <>
          <Composer
            value={added}
            onChange={(value) => {
              setAdded([...value] as typeof added);
            }}
          />
          <Survives expressions={[...envelopes.map(({ factors }) => factors), ...expressions]} />
        </>
      ) : null}
      {what === 'remove' ? (
        <Checkbox.Group label={open.removed} value={[...removed]} onChange={setRemoved}>
          <Stack gap="xs" mt="xs">
            {envelopes.map(({ index, factors }) => (
              <Checkbox key={index} value={String(index)} label={`${String(index)}: ${factors}`} />
            ))}
          </Stack>
        </Checkbox.Group>
      ) : null}
      {typesNew ? (
        <>
          <PasswordInput
            label={open.newPassword}
            value={password}
            autoComplete="new-password"
            {...visible}
            onChange={({ currentTarget }) => {
              setPassword(currentTarget.value);
            }}
          />
          <Strength password={password} hint={hint} />
          <PasswordInput
            label={seal.again}
            value={again}
            autoComplete="new-password"
            error={again !== '' && again !== password ? seal.missing.again : null}
            {...visible}
            onChange={({ currentTarget }) => {
              setAgain(currentTarget.value);
            }}
          />
          <TextInput
            label={seal.hint}
            description={seal.hintWarning}
            value={hint}
            maxLength={512}
            onChange={({ currentTarget }) => {
              setHint(currentTarget.value);
            }}
          />
        </>
      ) : null}
      <OpeningFields
        envelopes={envelopes}
        value={opening}
        onChange={(change) => {
          setOpening((before) => ({ ...before, ...change }));
        }}
      />
      <Checkbox
        label={seal.allowSingle}
        checked={anyway}
        onChange={({ currentTarget }) => {
          setAnyway(currentTarget.checked);
        }}
      />
      <Alert color="yellow">{open.mayHaveKept}</Alert>
    </ActForm>
  );
}
