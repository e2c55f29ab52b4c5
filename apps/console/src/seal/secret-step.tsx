import { Radio, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from '../frame/mark.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './step.ts';

/** Which secret: one that is there, or one that is made. */
export function SecretStep({ plan, known, change }: StepProps): ReactNode {
  const { seal, secrets: words } = useWords();
  const may = useMay();
  const { secrets } = known;
  const stored = secrets.filter(({ versions }) => versions !== null);
  const offered = plan.what === 'rotate' ? stored : secrets;
  return (
    <Stack>
      {may('administrator') ? (
        <Radio.Group
          label={seal.what}
          value={plan.what}
          onChange={(what) => {
            change({ what, secret: '' });
          }}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="existing" label={seal.whats.existing} />
            <Radio value="generate" label={seal.whats.generate} />
            <Radio value="rotate" label={seal.whats.rotate} disabled={stored.length === 0} />
          </Stack>
        </Radio.Group>
      ) : null}
      {plan.what === 'generate' ? (
        <TextInput
          label={seal.newName}
          description={words.nameHelp}
          value={plan.secret}
          onChange={({ currentTarget }) => {
            change({ secret: currentTarget.value.trim() });
          }}
        />
      ) : (
        <Radio.Group
          label={seal.which}
          value={plan.secret}
          onChange={(secret) => {
            const policy = secrets.find(({ name }) => name === secret)?.policy ?? '';
            change({ secret, policy });
          }}
        >
          <Stack gap="xs" mt="xs">
            {offered.map(({ name, source, policy }) => (
              <Radio
                key={name}
                value={name}
                label={name}
                disabled={source === null}
                description={[
                  words.sources[source ?? 'none'] ?? source,
                  policy === null ? null : seal.underPolicy(policy),
                ]
                  .filter(Boolean)
                  .join(', ')}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {offered.length === 0 && plan.what !== 'generate' ? (
        <Mark light="doubt">{seal.noSecrets}</Mark>
      ) : null}
    </Stack>
  );
}
