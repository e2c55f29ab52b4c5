import { Paper, Radio, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { Page } from '../frame/page.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { ChooseBackup } from './choose-backup.tsx';
import { bodyOf, handOver, needsOf, NO_OPENING } from './opening.ts';
import { OpeningFields } from './opening-fields.tsx';

/** Looks whether a copy is whole; with what opens it, whether it really opens. */
export function VerifyPage(): ReactNode {
  const { open } = useWords();
  return (
    <Page title={open.verifyTitle} about={open.verifyAbout}>
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

function Fields({ found, copy }: FieldsProps): ReactNode {
  const { open } = useWords();
  const [what, setWhat] = useState<'structure' | 'everything'>('structure');
  const [opening, setOpening] = useState(NO_OPENING);
  const { id, envelopes } = found.backup;
  const needs = needsOf(envelopes, opening.envelope);
  return (
    <ActForm
      act={open.verifyAct}
      onSubmit={async () => {
        const asked = copy === undefined ? {} : { copy };
        const isWhole = what === 'everything';
        if (isWhole) await handOver(opening, needs);
        const body = { ...asked, with: what, ...(isWhole && bodyOf(opening, needs)) };
        return await service.call('verifyBackup', { params: { id }, body });
      }}
    >
      <Radio.Group
        label={open.verifyWhat}
        value={what}
        onChange={(chosen) => {
          setWhat(chosen);
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="structure" label={open.structure} />
          <Radio value="everything" label={open.everything} />
        </Stack>
      </Radio.Group>
      {what === 'everything' ? (
        <OpeningFields
          envelopes={envelopes}
          value={opening}
          onChange={(change) => {
            setOpening((before) => ({ ...before, ...change }));
          }}
        />
      ) : null}
    </ActForm>
  );
}
