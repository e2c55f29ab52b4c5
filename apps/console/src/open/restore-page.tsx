import { Alert, Checkbox, NativeSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { useAsked } from '../frame/use-asked.ts';
import { BeginQuorum } from '../quorum/begin-quorum.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { OpenPage, type Asking } from './open-page.tsx';
import { useOpening } from './use-opening.tsx';

/** Puts a secret back, or hands it out encrypted. */
export function RestorePage(): ReactNode {
  const { open } = useWords();
  return (
    <OpenPage
      title={open.restoreTitle}
      about={open.restoreAbout}
      act="restore"
      form={(asking) => <RestoreForm {...asking} />}
    />
  );
}

function RestoreForm({ found, copy }: Asking): ReactNode {
  const { open } = useWords();
  const [asked, ask] = useAsked();
  const { target = '', session } = asked;
  const [way, setWay] = useState<'target' | 'recipient'>('target');
  const [recipient, setRecipient] = useState('');
  const [isAware, setAware] = useState(false);
  const [requireSigned, setRequireSigned] = useState(true);
  const settings = useRoute('showSettings', {});
  const targets = settings.data?.targets ?? [];
  const { id, envelopes } = found.backup;
  const goesTo = way === 'target' ? { target } : { recipient: recipient.trim() };
  const isSaid = way === 'target' ? target !== '' && isAware : recipient.trim() !== '';
  const { fields, take } = useOpening(
    envelopes,
    <BeginQuorum backup={id} to={goesTo} disabled={!isSaid} />,
  );
  return (
    <ActForm
      act={open.restoreAct}
      disabled={!isSaid}
      onSubmit={async () => {
        const body = {
          ...{ backup: id, to: goesTo, requireSigned },
          ...(copy !== undefined && { copy }),
          ...(session !== undefined && { session }),
          ...(session === undefined && (await take())),
        };
        return await service.call('createRestore', { body });
      }}
    >
      <Radio.Group
        label={open.way}
        value={way}
        onChange={(chosen) => {
          setWay(chosen);
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="target" label={open.ways.target} />
          <Radio value="recipient" label={open.ways.recipient} />
        </Stack>
      </Radio.Group>
      {way === 'target' ? (
        <>
          <NativeSelect
            label={open.target}
            value={target}
            data={[
              { value: '', label: targets.length === 0 ? open.noTargets : open.choose },
              ...targets.map(({ name, kind }) => ({ value: name, label: `${name} (${kind})` })),
            ]}
            onChange={({ currentTarget }) => {
              ask({ target: currentTarget.value });
            }}
          />
          <Checkbox
            label={open.overwrites}
            checked={isAware}
            onChange={({ currentTarget }) => {
              setAware(currentTarget.checked);
            }}
          />
        </>
      ) : (
        <TextInput
          label={open.recipient}
          description={open.recipientHelp}
          value={recipient}
          spellCheck={false}
          onChange={({ currentTarget }) => {
            setRecipient(currentTarget.value);
          }}
        />
      )}
      {session === undefined ? fields : <Alert title={open.bySession}>{open.bySessionHelp}</Alert>}
      <Checkbox
        label={open.requireSigned}
        checked={requireSigned}
        onChange={({ currentTarget }) => {
          setRequireSigned(currentTarget.checked);
        }}
      />
    </ActForm>
  );
}
