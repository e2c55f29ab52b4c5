import { Alert, NativeSelect, Radio, Stack, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute } from '../api/queries.ts';
import { SecretInput } from '../frame/secret-input.tsx';
import { sentenceOf } from '../envelopes/sentence.ts';
import { useSpoken } from '../words/use-words.ts';
import { needsOf, type Envelope, type Opening } from './opening.ts';

interface OpeningFieldsProps {
  readonly envelopes: readonly Envelope[];
  readonly value: Opening;
  readonly onChange: (change: Partial<Opening>) => void;
  /** Shown where an envelope for a quorum is meant. */
  readonly quorum?: ReactNode;
}

/** Which envelope, and what opens it. */
export function OpeningFields({
  envelopes,
  value,
  onChange,
  quorum,
}: OpeningFieldsProps): ReactNode {
  const { words, locale } = useSpoken();
  const { open } = words;
  const tokens = useRoute('listTokens', {});
  const needs = needsOf(envelopes, value.envelope);
  const isOnly = envelopes.length === 1;
  const enrolled = tokens.data?.enrolled ?? [];
  const chosen = enrolled.find(({ alias }) => alias === value.token);
  return (
    <Stack>
      <Radio.Group
        label={open.which}
        value={isOnly ? String(envelopes[0]?.index) : String(value.envelope ?? 'any')}
        onChange={(which) => {
          onChange({ envelope: which === 'any' ? null : Number(which) });
        }}
      >
        <Stack gap="xs" mt="xs">
          {isOnly ? null : <Radio value="any" label={open.any} />}
          {envelopes.map(({ index, factors }) => (
            <Radio
              key={index}
              value={String(index)}
              label={`${String(index)}: ${sentenceOf([factors], words, locale)}`}
            />
          ))}
        </Stack>
      </Radio.Group>
      {needs.password ? (
        <SecretInput
          label={open.password}
          value={value.password}
          onChange={(password) => {
            onChange({ password });
          }}
        />
      ) : null}
      {needs.token ? (
        <>
          <NativeSelect
            label={open.token}
            value={value.token}
            data={[{ value: '', label: open.anyToken }, ...enrolled.map(({ alias }) => alias)]}
            onChange={({ currentTarget }) => {
              onChange({ token: currentTarget.value });
            }}
          />
          <SecretInput
            label={open.pin}
            description={(chosen?.pin ?? null) === null ? open.pinHelp : open.pinKept}
            value={value.pin}
            disabled={value.token === ''}
            onChange={(pin) => {
              onChange({ pin });
            }}
          />
        </>
      ) : null}
      {needs.identities ? (
        <>
          <Textarea
            label={open.identities}
            description={open.identitiesHelp}
            value={value.identities}
            autosize
            minRows={2}
            spellCheck={false}
            autoComplete="off"
            onChange={({ currentTarget }) => {
              onChange({ identities: currentTarget.value });
            }}
          />
          {value.identities === '' ? null : <Alert color="yellow">{open.identitiesWarning}</Alert>}
        </>
      ) : null}
      {needs.quorum ? quorum : null}
    </Stack>
  );
}
