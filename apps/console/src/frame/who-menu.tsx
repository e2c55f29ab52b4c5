import './more-styles.ts';
import { Box, Button, Menu, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession } from '../session/session.ts';
import { useSpoken } from '../words/use-words.ts';

const SCHEMES = ['auto', 'light', 'dark'] as const;
const TONGUES = [
  ['en', 'English'],
  ['de', 'Deutsch'],
] as const;

/** Who is logged in, in which light and language they see the page, and the way out. */
export function WhoMenu(): ReactNode {
  const { session, logOut } = useSession();
  const { words, language, speak } = useSpoken();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { frame } = words;
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" size="sm">
          {session.name}
          <Box component="span" visibleFrom="xs" ml={6}>
            · {words.roles[session.role]}
          </Box>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{frame.light}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => {
            setColorScheme(scheme as (typeof SCHEMES)[number]);
          }}
        >
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {frame.schemes[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{frame.language}</Menu.Label>
        <Menu.RadioGroup
          value={language}
          onChange={(tongue) => {
            speak(tongue as (typeof TONGUES)[number][0]);
          }}
        >
          {TONGUES.map(([tongue, name]) => (
            <Menu.RadioItem key={tongue} value={tongue} lang={tongue}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item component="a" href="/reference" target="_blank" rel="noreferrer">
          {frame.reference}
        </Menu.Item>
        <Menu.Item onClick={() => void logOut()}>{frame.logOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
