import { Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { SystemPage } from './system/system-page.tsx';

/** A page that is fetched when somebody goes to it. */
function later(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}

/** By the pattern of its address; the first that fits. The first page that people see is part of the program. */
const PAGES: readonly (readonly [pattern: string, page: ComponentType])[] = [
  ['/', SystemPage],
  ['/secrets', later(async () => (await import('./secrets/secrets-page.tsx')).SecretsPage)],
  ['/secrets/:name', later(async () => (await import('./secrets/secret-page.tsx')).SecretPage)],
  ['/backups', later(async () => (await import('./backups/backups-page.tsx')).BackupsPage)],
  ['/backups/:id', later(async () => (await import('./backups/backup-page.tsx')).BackupPage)],
  ['/back-up', later(async () => (await import('./seal/back-up-page.tsx')).BackUpPage)],
  ['/restore', later(async () => (await import('./open/restore-page.tsx')).RestorePage)],
  ['/verify', later(async () => (await import('./open/verify-page.tsx')).VerifyPage)],
  ['/drill', later(async () => (await import('./open/drill-page.tsx')).DrillPage)],
  ['/envelopes', later(async () => (await import('./open/envelopes-page.tsx')).EnvelopesPage)],
  ['/media', later(async () => (await import('./media/media-page.tsx')).MediaPage)],
  ['/media/:id', later(async () => (await import('./media/medium-page.tsx')).MediumPage)],
  ['/tokens', later(async () => (await import('./tokens/tokens-page.tsx')).TokensPage)],
  [
    '/custodians',
    later(async () => (await import('./custodians/custodians-page.tsx')).CustodiansPage),
  ],
  ['/quorums', later(async () => (await import('./quorum/quorums-page.tsx')).QuorumsPage)],
  ['/quorums/:id', later(async () => (await import('./quorum/quorum-page.tsx')).QuorumPage)],
  ['/policies', later(async () => (await import('./policies/policies-page.tsx')).PoliciesPage)],
  ['/drills', later(async () => (await import('./drills/drills-page.tsx')).DrillsPage)],
  ['/drills/:id', later(async () => (await import('./drills/receipt-page.tsx')).ReceiptPage)],
  ['/audit', later(async () => (await import('./audit/audit-page.tsx')).AuditPage)],
  ['/jobs', later(async () => (await import('./jobs/jobs-page.tsx')).JobsPage)],
  ['/jobs/:id', later(async () => (await import('./jobs/job-page.tsx')).JobPage)],
  ['/schedules', later(async () => (await import('./schedules/schedules-page.tsx')).SchedulesPage)],
  ['/settings', later(async () => (await import('./settings/settings-page.tsx')).SettingsPage)],
];

const Lost = later(async () => (await import('./frame/lost-page.tsx')).LostPage);

export function Pages(): ReactNode {
  return (
    <Suspense fallback={<Coming />}>
      <Switch>
        {PAGES.map(([pattern, page]) => (
          <Route key={pattern} path={pattern} component={page} />
        ))}
        <Route component={Lost} />
      </Switch>
    </Suspense>
  );
}

function Coming(): ReactNode {
  return (
    <Stack aria-busy="true">
      <Skeleton height={40} width="40%" />
      <Skeleton height={160} />
    </Stack>
  );
}
