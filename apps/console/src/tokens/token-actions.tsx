import { Button, Group } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useQueryClient } from '@tanstack/react-query';
import { useAct, type Got } from '../api/queries.ts';
import { service } from '../api/service.ts';
import { Confirm } from '../frame/confirm.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { to } from '../frame/links.ts';
import { SecretInput } from '../frame/secret-input.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

type Enrolment = Got<'listTokens'>['enrolled'][number];

/** What can be done with an enrolled key. */
export function TokenActions({ enrolment }: { readonly enrolment: Enrolment }): ReactNode {
  const { tokens } = useWords();
  const may = useMay();
  const [, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const test = useAct('testToken');
  const forget = useAct('forgetToken');
  const take = useAct('takePin');
  const { alias, pin } = enrolment;
  const params = { alias };
  if (!may('operator')) return null;
  return (
    <Group gap="xs">
      {pin === null ? (
        <Button
          size="sm"
          variant="default"
          onClick={() => {
            setOpen(true);
          }}
        >
          {tokens.handPin}
        </Button>
      ) : (
        <Button
          size="sm"
          variant="default"
          loading={take.isPending}
          onClick={() => {
            take.mutate({ query: { token: alias } });
          }}
        >
          {tokens.takePin}
        </Button>
      )}
      <Confirm
        act={tokens.test}
        title={tokens.testTitle(alias)}
        isDangerous={false}
        onConfirm={async () => {
          go(to.job((await test.mutateAsync({ params })).id));
        }}
      >
        {tokens.testWhat}
      </Confirm>
      {may('administrator') ? (
        <Confirm
          act={tokens.forget}
          title={tokens.forgetTitle(alias)}
          onConfirm={async () => await forget.mutateAsync({ params })}
        >
          {tokens.forgetWhat}
        </Confirm>
      ) : null}
      {isOpen ? (
        <PinDialog
          token={alias}
          onClose={() => {
            setOpen(false);
          }}
        />
      ) : null}
    </Group>
  );
}

function PinDialog({
  token,
  onClose,
}: {
  readonly token: string;
  readonly onClose: () => void;
}): ReactNode {
  const { tokens } = useWords();
  const queries = useQueryClient();
  const [pin, setPin] = useState('');
  return (
    <FormDialog
      title={tokens.handPinTitle(token)}
      act={tokens.handPin}
      disabled={pin === ''}
      onClose={onClose}
      onSubmit={async () => {
        // Not a mutation, which would keep what it was given.
        await service.call('handPin', { body: { token, pin } });
        await queries.invalidateQueries();
      }}
    >
      <SecretInput
        label={tokens.pin}
        description={tokens.pinHelp}
        value={pin}
        isFirst
        onChange={setPin}
      />
    </FormDialog>
  );
}
