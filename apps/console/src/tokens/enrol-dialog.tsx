import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { service } from '../api/service.ts';
import { useAct, type Got } from '../api/queries.ts';
import { FormDialog } from '../frame/form-dialog.tsx';
import { to } from '../frame/links.ts';
import { SecretInput } from '../frame/secret-input.tsx';
import { useWords } from '../words/use-words.ts';
import { isInitialized } from './initialized.ts';

interface EnrolDialogProps {
  readonly modules: Got<'listTokens'>['modules'];
  readonly onClose: () => void;
}

/** Proves a key by using it, and records it under a name. */
export function EnrolDialog({ modules, onClose }: EnrolDialogProps): ReactNode {
  const { tokens, common } = useWords();
  const [, go] = useLocation();
  const enrol = useAct('enrollToken');
  const all = modules.flatMap((module) => module.tokens).filter(isInitialized);
  const [chosen, setChosen] = useState<string | null>(null);
  const serial = chosen ?? all[0]?.serial ?? '';
  const [alias, setAlias] = useState('');
  const [object, setObject] = useState('');
  const [pin, setPin] = useState('');
  const [replace, setReplace] = useState(false);
  const token = all.find((it) => it.serial === serial);
  const base =
    token === undefined ? '' : `pkcs11:token=${encoded(token.label)};serial=${encoded(serial)}`;
  return (
    <FormDialog
      title={tokens.enrol}
      act={tokens.enrolAct}
      disabled={alias === '' || object === '' || pin === '' || token === undefined}
      onClose={onClose}
      onSubmit={async () => {
        await service.call('handPin', { body: { token: base, pin } });
        const body = { uri: `${base};object=${encoded(object)}`, replace };
        const job = await enrol.mutateAsync({ params: { alias }, body });
        go(to.job(job.id));
      }}
    >
      <NativeSelect
        label={tokens.token}
        value={serial}
        data={all.map((it) => ({ value: it.serial, label: `${it.label} (${it.serial})` }))}
        onChange={({ currentTarget }) => {
          setChosen(currentTarget.value);
        }}
      />
      <TextInput
        label={tokens.object}
        description={tokens.objectHelp}
        value={object}
        onChange={({ currentTarget }) => {
          setObject(currentTarget.value);
        }}
      />
      <TextInput
        label={common.name}
        description={tokens.aliasHelp}
        value={alias}
        onChange={({ currentTarget }) => {
          setAlias(currentTarget.value.trim());
        }}
      />
      <SecretInput label={tokens.pin} description={tokens.pinHelp} value={pin} onChange={setPin} />
      <Checkbox
        label={tokens.replace}
        checked={replace}
        onChange={({ currentTarget }) => {
          setReplace(currentTarget.checked);
        }}
      />
    </FormDialog>
  );
}

/** As RFC 7512, section 2.3, has attribute values. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
}
