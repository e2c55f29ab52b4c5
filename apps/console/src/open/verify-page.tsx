import { Radio, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { service } from '../api/service.ts';
import { useWords } from '../words/use-words.ts';
import { ActForm } from './act-form.tsx';
import { OpenPage, type Asking } from './open-page.tsx';
import { useOpening } from './use-opening.tsx';

/** Looks whether a copy is whole; with what opens it, whether it really opens. */
export function VerifyPage(): ReactNode {
  const { open } = useWords();
  return (
    <OpenPage
      title={open.verifyTitle}
      about={open.verifyAbout}
      form={(asking) => <VerifyForm {...asking} />}
    />
  );
}

function VerifyForm({ found, copy }: Asking): ReactNode {
  const { open } = useWords();
  const [what, setWhat] = useState<'structure' | 'everything'>('structure');
  const { id, envelopes } = found.backup;
  const { fields, take } = useOpening(envelopes);
  return (
    <ActForm
      act={open.verifyAct}
      onSubmit={async () => {
        const asked = copy === undefined ? {} : { copy };
        const opening = what === 'everything' ? await take() : {};
        const body = { ...asked, with: what, ...opening };
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
      {what === 'everything' ? fields : null}
    </ActForm>
  );
}
