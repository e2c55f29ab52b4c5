import {
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { useWords } from '../words/use-words.ts';
import { PASSWORD_ONLY, type Composed } from './composed.ts';

interface FieldsProps<T> {
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** What one envelope asks for. */
export function EnvelopeFields({ value, onChange }: FieldsProps<Composed>): ReactNode {
  const { envelopes } = useWords();
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={envelopes.kind}
        value={value.kind}
        data={[
          { value: 'factors', label: envelopes.kinds.factors },
          { value: 'quorum', label: envelopes.kinds.quorum },
        ]}
        onChange={(kind) => {
          const quorum = { kind: 'quorum', threshold: 2, custodians: [] } as const;
          onChange(kind === 'quorum' ? quorum : PASSWORD_ONLY);
        }}
      />
      {value.kind === 'quorum' ? (
        <QuorumFields value={value} onChange={onChange} />
      ) : (
        <FactorFields value={value} onChange={onChange} />
      )}
    </Stack>
  );
}

type OfKind<Kind extends Composed['kind']> = Extract<Composed, { readonly kind: Kind }>;

function FactorFields({ value, onChange }: FieldsProps<OfKind<'factors'>>): ReactNode {
  const { envelopes } = useWords();
  const tokens = useRoute('listTokens', {});
  const settings = useRoute('showSettings', {});
  const aliases = new Set([
    ...(tokens.data?.enrolled.map(({ alias }) => alias) ?? []),
    ...(settings.data?.tokens ?? []),
    ...(value.token === null ? [] : [value.token]),
  ]);
  return (
    <Stack gap="xs">
      <Checkbox
        label={envelopes.password}
        checked={value.password}
        onChange={({ currentTarget }) => {
          onChange({ ...value, password: currentTarget.checked });
        }}
      />
      <Group grow align="flex-start">
        <NativeSelect
          label={envelopes.token}
          value={value.token ?? ''}
          data={[{ value: '', label: envelopes.noToken }, ...aliases]}
          onChange={({ currentTarget }) => {
            onChange({ ...value, token: currentTarget.value === '' ? null : currentTarget.value });
          }}
        />
        <TextInput
          label={envelopes.recipient}
          description={envelopes.recipientHelp}
          value={value.recipient}
          spellCheck={false}
          onChange={({ currentTarget }) => {
            onChange({ ...value, recipient: currentTarget.value.trim() });
          }}
        />
      </Group>
    </Stack>
  );
}

function QuorumFields({ value, onChange }: FieldsProps<OfKind<'quorum'>>): ReactNode {
  const { envelopes } = useWords();
  const known = useRoute('listCustodians', {});
  const names = known.data?.rows.map(({ name }) => name) ?? [];
  if (known.data !== undefined && names.length === 0) {
    return <Text size="sm">{envelopes.noCustodians}</Text>;
  }
  const { custodians, threshold } = value;
  return (
    <Stack gap="xs">
      <Checkbox.Group
        label={envelopes.custodians}
        value={[...custodians]}
        onChange={(chosen) => {
          onChange({ ...value, custodians: names.filter((name) => chosen.includes(name)) });
        }}
      >
        <Group mt="xs">
          {names.map((name) => (
            <Checkbox key={name} value={name} label={name} />
          ))}
        </Group>
      </Checkbox.Group>
      <NumberInput
        label={envelopes.threshold}
        value={threshold}
        min={2}
        max={Math.max(2, custodians.length)}
        allowDecimal={false}
        onChange={(n) => {
          onChange({ ...value, threshold: Number(n) });
        }}
      />
    </Stack>
  );
}
