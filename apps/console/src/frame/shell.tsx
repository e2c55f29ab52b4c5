import { AppShell, Burger, Group, NavLink, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useWords } from '../words/use-words.ts';
import { to } from './links.ts';
import { Offline } from './offline.tsx';

const WhoMenu = lazy(async () => ({ default: (await import('./who-menu.tsx')).WhoMenu }));

/** Every page that the side names, in its order. */
const SIDES = [
  ['system', to.system],
  ['secrets', to.secrets],
  ['backups', to.backups],
  ['drills', to.drills],
  ['media', to.media],
  ['tokens', to.tokens],
  ['custodians', to.custodians],
  ['quorums', to.quorums],
  ['policies', to.policies],
  ['schedules', to.schedules],
  ['jobs', to.jobs],
  ['audit', to.audit],
  ['settings', to.settings],
] as const;

/** What is around every page. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const words = useWords();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [path] = useLocation();
  useEffect(close, [path, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a className="skip" href="#main">
        {words.frame.skip}
      </a>
      <AppShell.Header className="no-print">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={words.frame.menu}
              aria-expanded={isOpen}
            />
            <UnstyledButton component={Link} href={to.system}>
              <Text fw={700} size="lg">
                Holdfast
              </Text>
            </UnstyledButton>
          </Group>
          <Suspense>
            <WhoMenu />
          </Suspense>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="no-print" aria-label={words.frame.pages}>
        <div className="sides">
          {SIDES.map(([name, href]) => {
            const isHere = href === '/' ? path === '/' : path.startsWith(href);
            return (
              <NavLink
                key={name}
                component={Link}
                href={href}
                label={words.frame.sides[name]}
                active={isHere}
                {...(isHere && { 'aria-current': 'page' as const })}
              />
            );
          })}
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Offline />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}
