import { Checkbox, Paper } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { Page } from '../frame/page.tsx';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { ChooseBackup } from './choose-backup.tsx';
import { bodyOf, handOver, needsOf, NO_OPENING } from './opening.ts';
import { OpeningFields } from './opening-fields.tsx';

/** Rehearses a restore: opens a copy, compares it, and leaves a signed receipt. */
export function DrillPage(): ReactNode {
  const { open } = useWords();
  return (
    <Page title={open.drillTitle} about={open.drillAbout}>
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
  const [opening, setOpening] = useState(NO_OPENING);
  const [live, setLive] = useState(true);
  const { id, envelopes } = found.backup;
  const needs = needsOf(envelopes, opening.envelope);
  return (
    <ActForm
      act={open.drillAct}
      onSubmit={async () => {
        await handOver(opening, needs);
        const body = {
          ...{ backup: id, live },
          ...(copy !== undefined && { copy }),
          ...(opening.envelope !== null && { envelope: opening.envelope }),
          ...bodyOf(opening, needs),
        };
        return await service.call('createDrill', { body });
      }}
    >
      <OpeningFields
        envelopes={envelopes}
        value={opening}
        onChange={(change) => {
          setOpening((before) => ({ ...before, ...change }));
        }}
      />
      <Checkbox
        label={open.compareLive}
        checked={live}
        onChange={({ currentTarget }) => {
          setLive(currentTarget.checked);
        }}
      />
    </ActForm>
  );
}
