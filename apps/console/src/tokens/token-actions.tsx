import { Button, Group, PasswordInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAct, type Got } from '../api/queries.ts';
import { Confirm } from '../frame/confirm.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { to } from '../frame/links.ts';
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
  const { tokens, session } = useWords();
  const [pin, setPin] = useState('');
  const hand = useAct('handPin');
  return (
    <FormDialog
      title={tokens.handPinTitle(token)}
      act={tokens.handPin}
      disabled={pin === ''}
      onClose={onClose}
      onSubmit={async () => {
        await hand.mutateAsync({ body: { token, pin } });
        // A mutation keeps what it was given.
        hand.reset();
      }}
    >
      <PasswordInput
        label={tokens.pin}
        description={tokens.pinHelp}
        value={pin}
        autoComplete="off"
        data-autofocus
        visibilityToggleButtonProps={{ 'aria-label': session.show, tabIndex: 0 }}
        onChange={({ currentTarget }) => {
          setPin(currentTarget.value);
        }}
      />
    </FormDialog>
  );
}
