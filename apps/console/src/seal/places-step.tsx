import { Checkbox, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePlugged } from '../api/use-plugged.ts';
import { useSpoken } from '../words/use-words.ts';
import { offersOf } from '../media/offers.ts';
import type { StepProps } from './step.ts';

/** Where the copies go: folders of the configuration, and media that appear as they are plugged in. */
export function PlacesStep({ plan, known, change }: StepProps): ReactNode {
  const { words, locale } = useSpoken();
  const { seal } = words;
  const plugged = usePlugged();
  const offers = plugged?.flatMap((medium) => offersOf(medium, words, locale)) ?? [];
  const { folders } = known.settings;
  // What was chosen and pulled out again is still named, so that it can be taken back.
  const gone = plan.to.filter(
    (place) => place.startsWith('usb:') && !offers.some(({ selector }) => selector === place),
  );
  const toggle = (place: string, isOn: boolean): void => {
    change({ to: isOn ? [...plan.to, place] : plan.to.filter((it) => it !== place) });
  };
  const box = (
    place: string,
    label: string,
    description: string,
    refusal: string | null,
  ): ReactNode => (
    <Checkbox
      key={place}
      label={label}
      description={refusal ?? description}
      disabled={refusal !== null}
      checked={plan.to.includes(place)}
      onChange={({ currentTarget }) => {
        toggle(place, currentTarget.checked);
      }}
    />
  );
  return (
    <Stack>
      <Title order={2} size="h5">
        {seal.media}
      </Title>
      <Stack gap="xs" aria-live="polite">
        {offers.map(({ selector, name, about, refusal }) => box(selector, name, about, refusal))}
        {gone.map((place) => box(place, place, seal.pulledOut, null))}
        {offers.length === 0 && gone.length === 0 ? <Text>{seal.plugIn}</Text> : null}
      </Stack>
      <Title order={2} size="h5">
        {seal.folders}
      </Title>
      <Stack gap="xs">
        {folders.map((name) => box(`folder:${name}`, name, seal.folderHelp, null))}
        {folders.length === 0 ? <Text>{seal.noFolders}</Text> : null}
      </Stack>
      <Checkbox
        label={seal.eject}
        checked={plan.eject}
        onChange={({ currentTarget }) => {
          change({ eject: currentTarget.checked });
        }}
      />
    </Stack>
  );
}
