import { Checkbox, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { InWords } from '../envelopes/composer.tsx';
import { Survives } from '../envelopes/survives.tsx';
import { Facts } from '../frame/facts.tsx';
import { useWords } from '../words/use-words.ts';
import { expressionsOf } from './plan.ts';
import type { StepProps } from './step.ts';

/** All of it once more, before it begins. */
export function ReviewStep({ plan, known, change }: StepProps): ReactNode {
  const { seal, common, system } = useWords();
  const expressions = expressionsOf(plan, known);
  return (
    <Stack>
      <Facts
        of={[
          [common.secret, plan.secret],
          [seal.what, seal.whats[plan.what]],
          [system.policy, plan.policy === '' ? common.none : plan.policy],
          [seal.hint, plan.hint === '' ? null : plan.hint],
          [seal.places, plan.to.map((place) => place.replace(/^(?:folder|usb):/, '')).join(', ')],
        ]}
      />
      <InWords expressions={expressions} />
      <Survives expressions={expressions} />
      <Checkbox
        label={seal.allowSingle}
        description={seal.allowSingleHelp}
        checked={plan.allowSinglePointOfFailure}
        onChange={({ currentTarget }) => {
          change({ allowSinglePointOfFailure: currentTarget.checked });
        }}
      />
    </Stack>
  );
}
