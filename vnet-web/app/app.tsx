import { DirectionProvider, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { ApiContext } from './api/api-context';
import { makeApi } from './api/client';
import { makeQueryClient } from './api/query-client';
import { routes } from './routes';
import type { Shell } from './shell';
import { ShellContext } from './shell-context';
import { theme } from './theme/theme';

export function App({ shell }: { shell: Shell }) {
  const client = useMemo(() => makeQueryClient(shell), [shell]);
  const api = useMemo(() => makeApi(shell), [shell]);
  const router = useMemo(
    () => createBrowserRouter(routes, { basename: shell.base.replace(/\/$/, '') || '/' }),
    [shell.base],
  );
  return (
    <ShellContext value={shell}>
      <DirectionProvider detectDirection>
        {/* The variables of the theme stand in theme/styles.css: the page's policy allows no inline style. */}
        <MantineProvider
          theme={theme}
          defaultColorScheme="auto"
          withCssVariables={false}
          withGlobalClasses={false}
          deduplicateInlineStyles
          getStyleNonce={() => shell.nonce}
        >
          <QueryClientProvider client={client}>
            <ApiContext value={api}>
              <RouterProvider router={router} />
            </ApiContext>
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </ShellContext>
  );
}
