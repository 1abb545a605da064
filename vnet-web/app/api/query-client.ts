import { QueryCache, QueryClient } from '@tanstack/react-query';
import type { Shell } from '../shell';
import { ApiError } from './client';

/** Whoever is no longer signed in goes where one signs in, and comes back here afterwards. */
function toSignIn(shell: Shell): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(`${shell.signInPage}?next=${encodeURIComponent(here)}`);
}

export function makeQueryClient(shell: Shell): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) toSignIn(shell);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What the server refuses it refuses the next time as well.
        retry: (count, error) => count < 3 && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
}
