import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRoute, type Got } from '../api/queries.ts';
import { spanText } from '../frame/amounts.ts';
import { Asked } from '../frame/asked.tsx';
import { Empty } from '../frame/empty.tsx';
import { Facts } from '../frame/facts.tsx';
import { Mark } from '../frame/mark.tsx';
import { Page } from '../frame/page.tsx';
import { useNow } from '../frame/use-now.ts';
import { When } from '../frame/when.tsx';
import { useSpoken, useWords } from '../words/use-words.ts';
import { AccessTokens } from './access-tokens.tsx';
import { Webhooks } from './webhooks.tsx';

type Settings = Got<'showSettings'>;

/** Who may speak to the service, and what its configuration has. */
export function SettingsPage(): ReactNode {
  const { settings, frame } = useWords();
  const shown = useRoute('showSettings', {});
  return (
    <Page title={frame.sides.settings} about={settings.about}>
      <AccessTokens />
      <Asked answer={shown}>
        {(found) => (
          <>
            <Certificates settings={found} />
            <Webhooks />
            <Service settings={found} />
          </>
        )}
      </Asked>
    </Page>
  );
}

const MONTH = 30 * 86_400_000;

function Certificates({ settings: found }: { readonly settings: Settings }): ReactNode {
  const { settings, roles } = useWords();
  const now = useNow();
  const { certificate, clients, issuer } = found;
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {settings.certificates}
      </Title>
      {certificate === null ? (
        <Text size="sm">{settings.noTls}</Text>
      ) : (
        <Facts
          of={[
            [settings.subject, certificate.subject],
            [settings.issuedBy, certificate.issuer],
            [
              settings.validTo,
              <span key="v">
                <When at={certificate.validTo} exact />{' '}
                {Date.parse(certificate.validTo) - now < MONTH ? (
                  <Mark light="doubt" size="sm">
                    {settings.endsSoon}
                  </Mark>
                ) : null}
              </span>,
            ],
            [settings.fingerprint, <code key="f">{certificate.fingerprint}</code>],
          ]}
        />
      )}
      {clients.length === 0 ? (
        <Empty title={settings.noClients} what={settings.noClientsWhat} />
      ) : (
        <Facts
          of={clients.map(({ name, role, fingerprint, subject }) => [
            name,
            `${roles[role]}, ${subject ?? fingerprint ?? ''}`,
          ])}
        />
      )}
      {issuer === null ? null : <Facts of={[[settings.oidc, issuer]]} />}
    </Stack>
  );
}

function Service({ settings: found }: { readonly settings: Settings }): ReactNode {
  const { words, locale } = useSpoken();
  const { settings, common } = words;
  const list = (names: readonly string[]): string =>
    names.length === 0 ? common.none : names.join(', ');
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {settings.service}
      </Title>
      <Facts
        of={[
          [settings.version, found.version],
          [settings.host, found.host],
          [settings.server, <code key="s">{found.server}</code>],
          [settings.folders, list(found.folders)],
          [settings.targets, list(found.targets.map(({ name, kind }) => `${name} (${kind})`))],
          [settings.envelopes, found.envelopes.join(' | ')],
          [settings.fourEyes, list(found.fourEyes.map((act) => settings.acts[act]))],
          [settings.approveWithin, spanText(found.approveWithin * 1000, locale)],
          [settings.pinIdle, spanText(found.pinIdle * 1000, locale)],
          [settings.sessionIdle, spanText(found.sessionIdle * 1000, locale)],
        ]}
      />
    </Stack>
  );
}
