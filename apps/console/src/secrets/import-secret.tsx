import { Alert, Button, FileInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAct } from '../api/queries.ts';
import { FormDialog } from '../frame/form-dialog.tsx';
import { to } from '../frame/links.ts';
import { useWords } from '../words/use-words.ts';

const MOST = 1024 * 1024;

/** Takes a secret from a file into the store. */
export function ImportSecret(): ReactNode {
  const { secrets, common } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [, go] = useLocation();
  const take = useAct('importSecret');
  const submit = async (): Promise<void> => {
    if (file === null) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      const job = await take.mutateAsync({ params: { name }, bytes });
      go(to.job(job.id));
    } finally {
      bytes.fill(0);
    }
  };
  const isTooLarge = file !== null && file.size > MOST;
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setOpen(true);
        }}
      >
        {secrets.import}
      </Button>
      {isOpen ? (
        <FormDialog
          title={secrets.import}
          act={secrets.importAct}
          disabled={name === '' || file === null || isTooLarge}
          onSubmit={submit}
          onClose={() => {
            setOpen(false);
            setFile(null);
          }}
        >
          <Alert>{secrets.importHelp}</Alert>
          <TextInput
            label={common.name}
            description={secrets.nameHelp}
            value={name}
            required
            onChange={({ currentTarget }) => {
              setName(currentTarget.value);
            }}
          />
          <FileInput
            label={secrets.file}
            value={file}
            required
            clearable
            error={isTooLarge ? secrets.tooLarge : null}
            clearButtonProps={{ 'aria-label': common.remove }}
            onChange={setFile}
          />
        </FormDialog>
      ) : null}
    </>
  );
}
