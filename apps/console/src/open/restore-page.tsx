import { Alert, Checkbox, NativeSelect, Paper, Radio, Stack, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { Page } from '../frame/page.tsx';
import { useAsked } from '../frame/use-asked.ts';
import { BeginQuorum } from '../quorum/begin-quorum.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { ChooseBackup } from './choose-backup.tsx';
import { bodyOf, handOver, needsOf, NO_OPENING } from './opening.ts';
import { OpeningFields } from './opening-fields.tsx';

/** Puts a secret back, or hands it out encrypted. */
export function RestorePage(): ReactNode {
  const { open } = useWords();
  const settings = useRoute('showSettings', {});
  const fourEyes = settings.data?.fourEyes.includes('restore') ?? false;
  return (
    <Page title={open.restoreTitle} about={open.restoreAbout}>
      {fourEyes ? <Alert title={open.fourEyes}>{open.fourEyesHelp}</Alert> : null}
      <Paper withBorder p="md">
        <ChooseBackup>
          {(found, copy) => (
            <Fields found={found} copy={copy} targets={settings.data?.targets ?? []} />
          )}
        </ChooseBackup>
      </Paper>
    </Page>
  );
}

interface FieldsProps {
  readonly found: Got<'showBackup'>;
  readonly copy: string | undefined;
  readonly targets: Got<'showSettings'>['targets'];
}

function Fields({ found, copy, targets }: FieldsProps): ReactNode {
  const { open } = useWords();
  const [asked, ask] = useAsked();
  const { target = '', session } = asked;
  const [way, setWay] = useState<'target' | 'recipient'>('target');
  const [recipient, setRecipient] = useState('');
  const [isAware, setAware] = useState(false);
  const [requireSigned, setRequireSigned] = useState(true);
  const [opening, setOpening] = useState(NO_OPENING);
  const { id, envelopes } = found.backup;
  const needs = needsOf(envelopes, opening.envelope);
  const goesTo = way === 'target' ? { target } : { recipient: recipient.trim() };
  const isSaid = way === 'target' ? target !== '' && isAware : recipient.trim() !== '';
  return (
    <ActForm
      act={open.restoreAct}
      disabled={!isSaid}
      onSubmit={async () => {
        await handOver(opening, needs);
        const body = {
          ...{ backup: id, to: goesTo, requireSigned },
          ...(copy !== undefined && { copy }),
          ...(session !== undefined && { session }),
          ...bodyOf(opening, needs),
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
      {session === undefined ? (
        <OpeningFields
          envelopes={envelopes}
          value={opening}
          onChange={(change) => {
            setOpening((before) => ({ ...before, ...change }));
          }}
          quorum={<BeginQuorum backup={id} to={goesTo} disabled={!isSaid} />}
        />
      ) : (
        <Alert title={open.bySession}>{open.bySessionHelp}</Alert>
      )}
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
