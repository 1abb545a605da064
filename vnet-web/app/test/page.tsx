import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { type RenderResult, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, type RouteObject, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { ApiContext } from '../api/api-context';
import { type Meeting, makeApi, type UserDetails } from '../api/client';
import { makeQueryClient } from '../api/query-client';
import { startI18n } from '../i18n';
import { readShell } from '../shell';
import { ShellContext } from '../shell-context';
import { theme } from '../theme/theme';

/** Who clicks and types, without pauses. */
export const person = userEvent.setup({ delay: null, pointerEventsCheck: 0 });

export const ada: UserDetails = {
  username: 'ada',
  first_name: 'Ada',
  last_name: 'Byron',
  email: 'ada@example.org',
  meeting_name: 'Countess',
  profile_image: '/static/avatar.svg',
};

/** A meeting of Ada's, `minutes` from now, half an hour long. */
export function meetingAt(minutes: number, change: Partial<Meeting> = {}): Meeting {
  const start = Date.now() + minutes * 60_000;
  const { email: _unseen, ...host } = ada;
  return {
    title: 'Plan',
    notes: 'All of it',
    start_time: new Date(start).toISOString(),
    end_time: new Date(start + 30 * 60_000).toISOString(),
    meeting_uuid: 'debecb84-ff59-49e2-9268-eabc4ba265ae',
    meeting_id: 'abcdefghjk',
    meeting_url: '/meeting/meetings/abcdefghjk/',
    host,
    ...change,
  };
}

type Answer = (request: Request) => Response | Promise<Response>;

/** Answers requests by their method and path, as `GET /account/…`; everything else is 404. */
export function answerWith(answers: Readonly<Record<string, Answer>>): Request[] {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request.clone());
    const answer = answers[`${request.method} ${new URL(request.url).pathname}`];
    return answer ? answer(request) : Response.json({ message: 'Meeting not found' }, { status: 404 });
  });
  return asked;
}

export const json =
  (body: unknown, status = 200): Answer =>
  () =>
    Response.json(body, { status });

/** What every page asks for. */
export const USER = { 'GET /account/get/user-details/': json(ada) };

/** Draws pages as the browser does; `at` is the address. */
export async function open(routes: RouteObject[], at = '/'): Promise<RenderResult & { where: () => string }> {
  await startI18n();
  const shell = readShell(document.createElement('div'));
  const client = makeQueryClient(shell);
  client.setDefaultOptions({ queries: { retry: false } });
  const router = createMemoryRouter(routes, { initialEntries: [at] });
  const result = render(
    <ShellContext value={shell}>
      <MantineProvider theme={theme} env="test">
        <QueryClientProvider client={client}>
          <ApiContext value={makeApi(shell)}>
            <RouterProvider router={router} />
          </ApiContext>
        </QueryClientProvider>
      </MantineProvider>
    </ShellContext>,
  );
  return { ...result, where: () => router.state.location.pathname };
}
