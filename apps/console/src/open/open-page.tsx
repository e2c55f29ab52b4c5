import { Alert, Paper } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Page } from '../frame/page.tsx';
import { FORM_WIDTH } from '../frame/theme.ts';
import { useWords } from '../words/use-words.ts';
import { ChooseBackup } from './choose-backup.tsx';

/** What is asked for: a backup, and one copy of it or any. */
export interface Asking {
  readonly found: Got<'showBackup'>;
  readonly copy: string | undefined;
}

interface OpenPageProps {
  readonly title: string;
  readonly about: string;
  /** What another administrator may have to approve. */
  readonly act?: 'restore' | 'envelopes';
  /** The form for the backup that was chosen. */
  readonly form: (asking: Asking) => ReactNode;
}

/** A page for something that opens a backup: the backup is chosen first, and says what opens it. */
export function OpenPage({ title, about, act, form }: OpenPageProps): ReactNode {
  const { open } = useWords();
  const settings = useRoute('showSettings', {});
  const fourEyes = act !== undefined && settings.data?.fourEyes.includes(act);
  return (
    <Page title={title} about={about}>
      {fourEyes ? <Alert title={open.fourEyes}>{open.fourEyesHelp}</Alert> : null}
      <Paper withBorder p="md" maw={FORM_WIDTH}>
        <ChooseBackup>
          {(found, copy) => (
            // What was typed for one backup is not for another.
            <Fragment key={found.backup.id}>{form({ found, copy })}</Fragment>
          )}
        </ChooseBackup>
      </Paper>
    </Page>
  );
}
