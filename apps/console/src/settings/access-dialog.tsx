import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { service } from '../api/service.ts';
import { Copyable } from '../frame/copyable.tsx';
import { Problem } from '../frame/problem.tsx';
import type { Role } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';

const DAY = 86_400;
const DAYS = [30, 90, 365] as const;

/** Makes an access token, and shows it once. */
export function AccessDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { settings, common, roles } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [days, setDays] = useState('90');
  const [sources, setSources] = useState('');
  const [token, setToken] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const create = async (): Promise<void> => {
    setError(null);
    const from = sources.split(/[\s,]+/).filter(Boolean);
    const body = {
      ...{ name, role },
      ...(days !== '' && { expiresIn: Number(days) * DAY }),
      ...(from.length > 0 && { sources: from }),
    };
    try {
      setToken((await service.call('createAccess', { body })).token);
      await queries.invalidateQueries();
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={settings.create}
      size="lg"
      closeOnClickOutside={token === null}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {token === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <Stack>
            <TextInput
              label={common.name}
              description={settings.nameHelp}
              value={name}
              data-autofocus
              onChange={({ currentTarget }) => {
                setName(currentTarget.value.trim());
              }}
            />
            <NativeSelect
              label={settings.role}
              value={role}
              data={(['auditor', 'operator', 'administrator'] as const).map((value) => ({
                value,
                label: roles[value],
              }))}
              onChange={({ currentTarget }) => {
                setRole(currentTarget.value as Role);
              }}
            />
            <NativeSelect
              label={settings.expires}
              value={days}
              data={[
                ...DAYS.map((n) => ({ value: String(n), label: settings.inDays(n) })),
                { value: '', label: common.never },
              ]}
              onChange={({ currentTarget }) => {
                setDays(currentTarget.value);
              }}
            />
            <TextInput
              label={settings.sources}
              description={settings.sourcesHelp}
              value={sources}
              onChange={({ currentTarget }) => {
                setSources(currentTarget.value);
              }}
            />
            <Problem error={error} />
            <Group justify="flex-end">
              <Button type="submit" disabled={name === ''}>
                {settings.create}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text fw={600}>{settings.shownOnce}</Text>
          <Copyable text={token} label={settings.tokens} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{common.close}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
