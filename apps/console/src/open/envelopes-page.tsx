import { Alert, Checkbox, Radio, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { service } from '../api/service.ts';
import { asksOf, expressionOf, PASSWORD_ONLY, type Composed } from '../envelopes/composed.ts';
import { Composer } from '../envelopes/composer.tsx';
import { Survives } from '../envelopes/survives.tsx';
import { isChosen, NewPassword, NOT_CHOSEN } from '../seal/new-password.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { OpenPage, type Asking } from './open-page.tsx';
import { useOpening } from './use-opening.tsx';

/** Changes who can open a copy. */
export function EnvelopesPage(): ReactNode {
  const { open } = useWords();
  return (
    <OpenPage
      title={open.envelopesTitle}
      about={open.envelopesAbout}
      act="envelopes"
      form={(asking) => <EnvelopesForm {...asking} />}
    />
  );
}

type What = 'add' | 'remove' | 'password';

function EnvelopesForm({ found, copy }: Asking): ReactNode {
  const { open, seal } = useWords();
  const { id, envelopes } = found.backup;
  const [what, setWhat] = useState<What>('add');
  const [added, setAdded] = useState<readonly Composed[]>([PASSWORD_ONLY]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState(NOT_CHOSEN);
  const [anyway, setAnyway] = useState(false);
  const { fields, take } = useOpening(envelopes);
  const expressions = added.map(expressionOf);
  const typesNew = what === 'password' || (what === 'add' && asksOf(expressions).password);
  const isSaid =
    (!typesNew || isChosen(chosen)) &&
    (what !== 'add' || !expressions.includes('')) &&
    (what !== 'remove' || removed.length > 0);
  const { password, hint } = chosen;
  return (
    <ActForm
      act={open.envelopesAct}
      disabled={!isSaid}
      onSubmit={async () => {
        const body = {
          ...(copy !== undefined && { copy }),
          ...(what === 'add' && { add: expressions }),
          ...(what === 'remove' && { remove: removed.map(Number) }),
          ...(what === 'password' && { replacePassword: true }),
          ...(typesNew && { newPassword: password, ...(hint !== '' && { hint }) }),
          allowSinglePointOfFailure: anyway,
          ...(await take()),
        };
        return await service.call('changeEnvelopes', { params: { id }, body });
      }}
    >
      <Radio.Group
        label={open.change}
        value={what}
        onChange={(asked) => {
          setWhat(asked);
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
          <Composer value={added} onChange={setAdded} />
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
        <NewPassword
          label={open.newPassword}
          value={chosen}
          onChange={(change) => {
            setChosen((before) => ({ ...before, ...change }));
          }}
        />
      ) : null}
      {fields}
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
