import { Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct, useRoute, type Got } from '../api/queries.ts';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useWords } from '../words/use-words.ts';

type Schedule = Got<'listSchedules'>['rows'][number];

interface ScheduleDialogProps {
  /** `null`: a new one. */
  readonly schedule: Schedule | null;
  readonly onClose: () => void;
}

const DAY_AHEAD = 7;

/** What is to be done, and when. */
export function ScheduleDialog({ schedule, onClose }: ScheduleDialogProps): ReactNode {
  const { schedules, common, system, seal } = useWords();
  const put = useAct('putSchedule');
  const secrets = useRoute('listSecrets', {});
  const settings = useRoute('showSettings', {});
  const policies = useRoute('listPolicies', {});
  const request = schedule?.request ?? {};
  const [said, setSaid] = useState({
    name: schedule?.name ?? '',
    what: schedule?.what ?? 'backup',
    cron: schedule?.cron ?? '0 3 * * *',
    zone: schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    enabled: schedule?.enabled ?? true,
    secret: textOf(request['secret']),
    policy: textOf(request['policy']),
    to: Array.isArray(request['to']) ? (request['to'] as string[]) : [],
    ahead: typeof request['ahead'] === 'number' ? request['ahead'] : DAY_AHEAD,
  });
  const change = (more: Partial<typeof said>): void => {
    setSaid((before) => ({ ...before, ...more }));
  };
  const { name, what, cron, zone, enabled, secret, policy, to, ahead } = said;
  const isBackup = what === 'backup';
  const names = secrets.data?.rows.map((row) => row.name) ?? [];
  const submit = async (): Promise<unknown> => {
    const when = { cron, zone, enabled };
    const params = { name };
    if (what === 'backup') {
      const asked = { secret, to, ...(policy !== '' && { policy }) };
      return await put.mutateAsync({ params, body: { what, ...when, request: asked } });
    }
    if (what === 'verify') {
      return await put.mutateAsync({ params, body: { what, ...when, request: { secret } } });
    }
    const asked = { ahead, ...(secret !== '' && { secret }) };
    return await put.mutateAsync({ params, body: { what, ...when, request: asked } });
  };
  return (
    <FormDialog
      title={schedule === null ? schedules.add : schedules.changeOf(schedule.name)}
      act={common.save}
      disabled={
        name === '' || (what !== 'drill-reminder' && secret === '') || (isBackup && to.length === 0)
      }
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={common.name}
        value={name}
        disabled={schedule !== null}
        data-autofocus
        onChange={({ currentTarget }) => {
          change({ name: currentTarget.value.trim() });
        }}
      />
      <NativeSelect
        label={schedules.what}
        value={what}
        data={(['backup', 'verify', 'drill-reminder'] as const).map((value) => ({
          value,
          label: schedules.whats[value],
        }))}
        onChange={({ currentTarget }) => {
          change({ what: currentTarget.value as Schedule['what'] });
        }}
      />
      <NativeSelect
        label={common.secret}
        value={secret}
        data={[{ value: '', label: what === 'drill-reminder' ? common.all : '–' }, ...names]}
        onChange={({ currentTarget }) => {
          change({ secret: currentTarget.value });
        }}
      />
      {isBackup ? (
        <>
          <NativeSelect
            label={system.policy}
            description={schedules.noPassword}
            value={policy}
            data={[
              { value: '', label: seal.noPolicy },
              ...(policies.data?.rows.map((row) => row.name) ?? []),
            ]}
            onChange={({ currentTarget }) => {
              change({ policy: currentTarget.value });
            }}
          />
          <Checkbox.Group
            label={seal.places}
            value={to}
            onChange={(places) => {
              change({ to: places });
            }}
          >
            {settings.data?.folders.map((folder) => (
              <Checkbox key={folder} mt="xs" value={`folder:${folder}`} label={folder} />
            ))}
            <Checkbox mt="xs" value="usb" label={schedules.anyMedium} />
          </Checkbox.Group>
        </>
      ) : null}
      {what === 'drill-reminder' ? (
        <NumberInput
          label={schedules.ahead}
          value={ahead}
          min={0}
          max={365}
          onChange={(days) => {
            change({ ahead: Number(days) });
          }}
        />
      ) : null}
      <TextInput
        label={schedules.cron}
        description={schedules.cronHelp}
        value={cron}
        onChange={({ currentTarget }) => {
          change({ cron: currentTarget.value });
        }}
      />
      <TextInput
        label={schedules.zone}
        value={zone}
        onChange={({ currentTarget }) => {
          change({ zone: currentTarget.value });
        }}
      />
      <Checkbox
        label={schedules.on}
        checked={enabled}
        onChange={({ currentTarget }) => {
          change({ enabled: currentTarget.checked });
        }}
      />
    </FormDialog>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
