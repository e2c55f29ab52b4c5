import { Checkbox, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct } from '../api/queries.ts';
import { Confirm } from '../frame/confirm.tsx';
import { useWords } from '../words/use-words.ts';

interface RemoveCustodianProps {
  readonly name: string;
  /** Told what there is to mind, once they are removed. */
  readonly onWarn: (warnings: readonly string[]) => void;
}

/** Lets no quorum name a custodian any more. */
export function RemoveCustodian({ name, onWarn }: RemoveCustodianProps): ReactNode {
  const { custodians, common } = useWords();
  const [anyway, setAnyway] = useState(false);
  const remove = useAct('removeCustodian');
  return (
    <Confirm
      act={common.remove}
      title={custodians.removeTitle(name)}
      onConfirm={async () => {
        const query = { anyway: anyway ? ('true' as const) : ('false' as const) };
        const { warnings } = await remove.mutateAsync({ params: { name }, query });
        onWarn(warnings);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{custodians.removeWhat}</Text>
        <Checkbox
          label={custodians.anyway}
          checked={anyway}
          onChange={({ currentTarget }) => {
            setAnyway(currentTarget.checked);
          }}
        />
      </Stack>
    </Confirm>
  );
}
