import { NumberInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct, type Got } from '../api/queries.ts';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useWords } from '../words/use-words.ts';

interface CustodianDialogProps {
  /** `null`: a new one. */
  readonly row: Got<'listCustodians'>['rows'][number] | null;
  /** Told what there is to mind about what was saved. */
  readonly onWarn: (warnings: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Who a custodian is, and what they open their shares with. */
export function CustodianDialog({ row, onWarn, onClose }: CustodianDialogProps): ReactNode {
  const { custodians, common } = useWords();
  const [name, setName] = useState(row?.name ?? '');
  const [factors, setFactors] = useState(row?.factors ?? 'password');
  const [contact, setContact] = useState(row?.contact ?? '');
  const [checkEvery, setCheckEvery] = useState<number | ''>(row?.checkEvery ?? '');
  const add = useAct('addCustodian');
  const change = useAct('changeCustodian');
  return (
    <FormDialog
      title={row === null ? custodians.add : custodians.changeOf(row.name)}
      act={common.save}
      disabled={name === ''}
      onClose={onClose}
      onSubmit={async () => {
        const said = {
          contact,
          ...(factors !== row?.factors && { factors }),
          ...(checkEvery !== '' && { checkEvery }),
        };
        const { warnings } =
          row === null
            ? await add.mutateAsync({ body: { name, ...said } })
            : await change.mutateAsync({ params: { name }, body: said });
        onWarn(warnings);
      }}
    >
      <TextInput
        label={common.name}
        description={custodians.nameHelp}
        value={name}
        disabled={row !== null}
        data-autofocus
        onChange={({ currentTarget }) => {
          setName(currentTarget.value.trim());
        }}
      />
      <TextInput
        label={custodians.factors}
        description={custodians.factorsHelp}
        value={factors}
        spellCheck={false}
        onChange={({ currentTarget }) => {
          setFactors(currentTarget.value);
        }}
      />
      <TextInput
        label={custodians.contact}
        description={custodians.contactHelp}
        value={contact}
        maxLength={512}
        onChange={({ currentTarget }) => {
          setContact(currentTarget.value);
        }}
      />
      <NumberInput
        label={custodians.checkEvery}
        description={custodians.checkEveryHelp}
        value={checkEvery}
        min={0}
        max={3660}
        allowDecimal={false}
        onChange={(days) => {
          setCheckEvery(days === '' ? '' : Number(days));
        }}
      />
    </FormDialog>
  );
}
