import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useLocation, useParams } from 'wouter';
import { useAct, useRoute, type Got } from '../api/queries.ts';
import { CopiesSection } from '../backups/copies-section.tsx';
import { sizeText } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { Confirm } from '../frame/confirm.tsx';
import { Empty } from '../frame/empty.tsx';
import { Facts } from '../frame/facts.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { to } from '../frame/links.ts';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useSpoken, useWords } from '../words/use-words.ts';
import { mediumName } from './medium-name.ts';

type Medium = Got<'listMedia'>['register'][number];

/** One medium of the register, and the copies on it. */
export function MediumPage(): ReactNode {
  const { id: encoded = '' } = useParams();
  const id = decodeURIComponent(encoded);
  const { media } = useWords();
  const known = useRoute('listMedia', {});
  const medium = known.data?.register.find((row) => row.id === id);
  return (
    <Page
      title={medium === undefined ? media.medium : mediumName(medium)}
      actions={medium === undefined ? null : <Actions medium={medium} />}
    >
      <Asked answer={known}>
        {() =>
          medium === undefined ? <Empty title={media.unknown} /> : <MediumFacts medium={medium} />
        }
      </Asked>
      <CopiesSection of={{ medium: id }} />
    </Page>
  );
}

function MediumFacts({ medium }: { readonly medium: Medium }): ReactNode {
  const { words, locale } = useSpoken();
  const { media, common } = words;
  return (
    <Facts
      of={[
        [
          common.state,
          medium.nodes.length > 0 ? `${media.here} (${medium.nodes.join(', ')})` : media.absent,
        ],
        [media.location, medium.location ?? common.unknown],
        [media.owner, medium.owner ?? common.unknown],
        [media.protected, medium.protected ? common.yes : common.no],
        [media.maker, [medium.vendor, medium.product].filter(Boolean).join(' ') || null],
        [media.serial, medium.serial],
        [media.label, medium.label],
        [media.uuid, medium.uuid],
        [common.size, medium.size === null ? null : sizeText(medium.size, locale)],
        [media.firstSeen, <When key="f" at={medium.firstSeen} exact />],
        [media.lastSeen, <When key="l" at={medium.lastSeen} exact />],
      ]}
    />
  );
}

function Actions({ medium }: { readonly medium: Medium }): ReactNode {
  const { media } = useWords();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const [, go] = useLocation();
  const forget = useAct('forgetMedium');
  const eject = useAct('ejectMedium');
  const params = { medium: medium.id };
  return (
    <>
      {may('operator') ? (
        <>
          <Button
            variant="default"
            onClick={() => {
              setOpen(true);
            }}
          >
            {media.describe}
          </Button>
          <Confirm
            act={media.eject}
            title={media.ejectTitle}
            isDangerous={false}
            disabled={medium.nodes.length === 0}
            onConfirm={async () => {
              go(to.job((await eject.mutateAsync({ params })).id));
            }}
          >
            {media.ejectWhat}
          </Confirm>
        </>
      ) : null}
      {may('administrator') ? (
        <Confirm
          act={media.forget}
          title={media.forgetTitle}
          onConfirm={async () => {
            await forget.mutateAsync({ params });
            go(to.media);
          }}
        >
          {media.forgetWhat}
        </Confirm>
      ) : null}
      {isOpen ? (
        <Describe
          medium={medium}
          onClose={() => {
            setOpen(false);
          }}
        />
      ) : null}
    </>
  );
}

function Describe({
  medium,
  onClose,
}: {
  readonly medium: Medium;
  readonly onClose: () => void;
}): ReactNode {
  const { media, common } = useWords();
  const [said, setSaid] = useState({
    name: medium.name ?? '',
    location: medium.location ?? '',
    owner: medium.owner ?? '',
    protect: medium.protected,
  });
  const describe = useAct('describeMedium');
  const field = (name: 'name' | 'location' | 'owner', label: string, help: string): ReactNode => (
    <TextInput
      label={label}
      description={help}
      value={said[name]}
      maxLength={512}
      onChange={({ currentTarget }) => {
        setSaid({ ...said, [name]: currentTarget.value });
      }}
    />
  );
  return (
    <FormDialog
      title={media.describe}
      act={common.save}
      onClose={onClose}
      onSubmit={async () =>
        await describe.mutateAsync({ params: { medium: medium.id }, body: said })
      }
    >
      {field('name', common.name, media.nameHelp)}
      {field('location', media.location, media.locationHelp)}
      {field('owner', media.owner, media.ownerHelp)}
      <Checkbox
        label={media.protected}
        description={media.protectedHelp}
        checked={said.protect}
        onChange={({ currentTarget }) => {
          setSaid({ ...said, protect: currentTarget.checked });
        }}
      />
    </FormDialog>
  );
}
