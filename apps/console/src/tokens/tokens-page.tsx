import { Alert, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { Mark, type Light } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { When } from '../frame/when.tsx';
import { useMay } from '../session/session.ts';
import { useWords } from '../words/use-words.ts';
import { EnrolDialog } from './enrol-dialog.tsx';
import { isInitialized } from './initialized.ts';
import { TokenActions } from './token-actions.tsx';

type Listed = Got<'listTokens'>;

/** Tokens that are here, and keys that are enrolled. */
export function TokensPage(): ReactNode {
  const { tokens, frame } = useWords();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const listed = useRoute('listTokens', {});
  return (
    <Page
      title={frame.sides.tokens}
      about={tokens.about}
      actions={
        may('administrator') ? (
          <Button
            onClick={() => {
              setOpen(true);
            }}
          >
            {tokens.enrol}
          </Button>
        ) : null
      }
    >
      <Asked answer={listed}>
        {({ enrolled, modules }) => (
          <Stack gap="xl">
            <Enrolled rows={enrolled} />
            <Modules modules={modules} />
          </Stack>
        )}
      </Asked>
      {isOpen ? (
        <EnrolDialog
          modules={listed.data?.modules ?? []}
          onClose={() => {
            setOpen(false);
          }}
        />
      ) : null}
    </Page>
  );
}

function Enrolled({ rows }: { readonly rows: Listed['enrolled'] }): ReactNode {
  const { tokens, common } = useWords();
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {tokens.enrolled}
      </Title>
      {rows.length === 0 ? (
        <Empty title={tokens.noneEnrolled} what={tokens.noneEnrolledWhat} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={tokens.enrolled}>
          <Table aria-label={tokens.enrolled}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{common.name}</Table.Th>
                <Table.Th scope="col">{tokens.token}</Table.Th>
                <Table.Th scope="col" visibleFrom="md">
                  {tokens.key}
                </Table.Th>
                <Table.Th scope="col" visibleFrom="sm">
                  {tokens.tested}
                </Table.Th>
                <Table.Th scope="col">{tokens.pin}</Table.Th>
                <Table.Th scope="col">{tokens.do}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.alias}>
                  <Table.Td>
                    {row.alias}
                    {row.warnings.map((words) => (
                      <Text key={words} size="xs" c="var(--doubt)">
                        {words}
                      </Text>
                    ))}
                  </Table.Td>
                  <Table.Td>
                    {row.token.label} ({row.token.serial})
                  </Table.Td>
                  <Table.Td visibleFrom="md">{row.algorithm}</Table.Td>
                  <Table.Td visibleFrom="sm">
                    <When at={row.tested} />
                  </Table.Td>
                  <Table.Td>
                    {row.pin === null ? (
                      tokens.pinAbsent
                    ) : row.pin === 'always' ? (
                      tokens.pinAlways
                    ) : (
                      <>
                        {tokens.pinUntil} <When at={row.pin} />
                      </>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <TokenActions enrolment={row} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Stack>
  );
}

const TRIES: Readonly<Record<string, Light>> = {
  ...{ full: 'good', low: 'doubt', last: 'bad', locked: 'bad' },
};

function Modules({ modules }: { readonly modules: Listed['modules'] }): ReactNode {
  const { tokens } = useWords();
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {tokens.here}
      </Title>
      {modules.length === 0 ? <Empty title={tokens.noModule} what={tokens.noModuleWhat} /> : null}
      {modules.map(({ path, tokens: found, failure }) => (
        <Stack key={path} gap="xs">
          <Text size="sm">
            <code>{path}</code>
          </Text>
          {failure === null ? null : (
            <Alert color="red" title={failure.code}>
              {failure.message}
            </Alert>
          )}
          {!found.some(isInitialized) && failure === null ? (
            <Text size="sm">{tokens.noToken}</Text>
          ) : null}
          {found.filter(isInitialized).map(({ label, serial, model, pinTries }) => (
            <Group key={serial} gap="sm">
              <Text size="sm" fw={600}>
                {label}
              </Text>
              <Text size="sm" c="dimmed">
                {model} ({serial})
              </Text>
              <Mark size="sm" light={TRIES[pinTries] ?? 'none'}>
                {tokens.tries[pinTries] ?? pinTries}
              </Mark>
            </Group>
          ))}
        </Stack>
      ))}
    </Stack>
  );
}
