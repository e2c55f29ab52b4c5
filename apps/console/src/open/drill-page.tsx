import { Checkbox } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { service } from '../api/service.ts';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { OpenPage, type Asking } from './open-page.tsx';
import { useOpening } from './use-opening.tsx';

/** Rehearses a restore: opens a copy, compares it, and leaves a signed receipt. */
export function DrillPage(): ReactNode {
  const { open } = useWords();
  return (
    <OpenPage
      title={open.drillTitle}
      about={open.drillAbout}
      form={(asking) => <DrillForm {...asking} />}
    />
  );
}

function DrillForm({ found, copy }: Asking): ReactNode {
  const { open } = useWords();
  const [live, setLive] = useState(true);
  const { id, envelopes } = found.backup;
  const { fields, envelope, take } = useOpening(envelopes);
  return (
    <ActForm
      act={open.drillAct}
      onSubmit={async () => {
        const asked = copy === undefined ? {} : { copy };
        const body = { backup: id, live, ...asked, ...envelope, ...(await take()) };
        return await service.call('createDrill', { body });
      }}
    >
      {fields}
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
