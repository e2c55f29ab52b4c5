import { NativeSelect, Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Composer, InWords } from '../envelopes/composer.tsx';
import { Survives } from '../envelopes/survives.tsx';
import { useWords } from '../words/use-words.ts';
import { expressionsOf } from './plan.ts';
import type { StepProps } from './step.ts';

/** Who is to open it: by a policy, or put together here. */
export function EnvelopesStep({ plan, known, change }: StepProps): ReactNode {
  const { seal } = useWords();
  const expressions = expressionsOf(plan, known);
  return (
    <Stack>
      <Radio.Group
        label={seal.how}
        value={plan.how}
        onChange={(how) => {
          change({ how });
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="policy" label={seal.hows.policy} />
          <Radio value="own" label={seal.hows.own} />
        </Stack>
      </Radio.Group>
      <NativeSelect
        label={seal.policy}
        description={plan.how === 'own' ? seal.policyRules : seal.policyHelp}
        value={plan.policy}
        data={[
          { value: '', label: seal.noPolicy },
          ...known.policies.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={({ currentTarget }) => {
          change({ policy: currentTarget.value });
        }}
      />
      {plan.how === 'own' ? (
        <Composer
          value={plan.own}
          onChange={(own) => {
            change({ own });
          }}
        />
      ) : (
        <InWords expressions={expressions} />
      )}
      <Survives expressions={expressions} />
    </Stack>
  );
}
