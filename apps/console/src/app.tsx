import { MantineProvider } from '@mantine/core';
import { ApiProblem } from '@holdfast/api/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Router } from 'wouter';
import { Shell } from './frame/shell.tsx';
import { theme, themeVariables } from './frame/theme.ts';
import { Pages } from './pages.tsx';
import { SessionGate } from './session/session-gate.tsx';
import { Speak } from './words/speak.tsx';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // Whether the service can be reached is asked of it, not of the browser: it may be on this machine.
      networkMode: 'always',
      // What the service refuses it refuses again; the client has asked more than once for the rest.
      retry: false,
      refetchOnWindowFocus: (query) => !(query.state.error instanceof ApiProblem),
    },
    mutations: { networkMode: 'always' },
  },
});

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

// Under this name what locks scrolling below dialogs looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

export function App(): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={themeVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Speak>
        <QueryClientProvider client={queries}>
          <Router base="/console">
            <SessionGate>
              <Shell>
                <Pages />
              </Shell>
            </SessionGate>
          </Router>
        </QueryClientProvider>
      </Speak>
    </MantineProvider>
  );
}
