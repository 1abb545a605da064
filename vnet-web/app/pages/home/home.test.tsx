import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerWith, json, meetingAt, open, person, USER } from '../../test/page';
import { Home } from './home';

const routes = [
  { path: '/', Component: Home },
  { path: '*', element: <p>elsewhere</p> },
];
const LIST = 'GET /meeting/meetings/';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the list', () => {
  it('says so when there is nothing', async () => {
    answerWith({ ...USER, [LIST]: json({ meetings: [] }) });
    await open(routes);
    expect(await screen.findByText('No meetings scheduled')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Your Scheduled Meetings' })).toBeTruthy();
    expect(await screen.findByRole('heading', { name: 'Hello, Ada' })).toBeTruthy();
  });

  it('says so when the server cannot answer, and tries again', async () => {
    let isBroken = true;
    answerWith({
      ...USER,
      [LIST]: (request) =>
        isBroken
          ? Response.json({ detail: 'x' }, { status: 503 })
          : (json({ meetings: [meetingAt(60)] }) as (request: Request) => Response)(request),
    });
    await open(routes);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Your meetings could not be loaded');
    isBroken = false;
    await person.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Plan' })).toBeTruthy();
  });

  it('tells those that run from those that come', async () => {
    const running = meetingAt(-5, { title: 'Now', meeting_id: '2222222222' });
    answerWith({ ...USER, [LIST]: json({ meetings: [running, meetingAt(60)] }) });
    await open(routes);
    const group = (await screen.findByRole('heading', { name: 'Running now' })).parentElement;
    expect(group && within(group).getByRole('link', { name: 'Join Now' }).getAttribute('href')).toBe(
      '/conf/2222222222/',
    );
    expect(group && within(group).queryByText('Plan')).toBeNull();
    expect(screen.getByRole('link', { name: 'Open Plan' })).toBeTruthy();
    expect(screen.getByText('abc-defg-hjk')).toBeTruthy();
  });

  it('goes on with the next page', async () => {
    const asked = answerWith({
      ...USER,
      [LIST]: (request) => {
        const isSecond = new URL(request.url).searchParams.get('cursor') === 'c2';
        return Response.json(
          isSecond
            ? { meetings: [meetingAt(120, { title: 'Second', meeting_id: '3333333333' })] }
            : { meetings: [meetingAt(60)], next: 'c2' },
        );
      },
    });
    await open(routes);
    await person.click(await screen.findByRole('button', { name: 'Show more' }));
    expect(await screen.findByRole('link', { name: 'Second' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
    const lists = asked
      .map(({ url }) => new URL(url))
      .filter(({ pathname }) => pathname.endsWith('/meetings/'));
    expect(lists[0]?.search).toBe('?order=start&not_over=1&limit=20');
  });

  it('shows past ones as the server has them, the latest first, a page at a time', async () => {
    const past = (minutes: number, title: string, meeting_id: string) =>
      meetingAt(minutes, { title, meeting_id });
    const asked = answerWith({
      ...USER,
      [LIST]: (request) => {
        const query = new URL(request.url).searchParams;
        if (!query.has('over')) return Response.json({ meetings: [meetingAt(60)] });
        return Response.json(
          query.get('cursor') === 'c2'
            ? { meetings: [past(-6000, 'Oldest', '4444444444')] }
            : {
                meetings: [past(-300, 'Newer', '2222222222'), past(-3000, 'Older', '3333333333')],
                next: 'c2',
              },
        );
      },
    });
    await open(routes);
    await person.click(screen.getByRole('button', { name: 'Past' }));
    await person.click(await screen.findByRole('button', { name: 'Show more' }));
    await screen.findByRole('link', { name: 'Oldest' });
    const names = screen.getAllByRole('link').map((link) => link.textContent);
    const places = ['Newer', 'Older', 'Oldest'].map((name) => names.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(names).not.toContain('Plan');
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
    const searches = asked
      .map(({ url }) => new URL(url).search)
      .filter((search) => search.includes('over=1'));
    expect(searches).toContain('?order=-start&over=1&limit=20');
    expect(searches).toContain('?order=-start&over=1&limit=20&cursor=c2');
  });

  it('deletes after asking', async () => {
    const meetings = [meetingAt(60)];
    const asked = answerWith({
      ...USER,
      [LIST]: (request) => json({ meetings })(request),
      'DELETE /meeting/meetings/abcdefghjk/': () => {
        meetings.pop();
        return new Response(null, { status: 204 });
      },
    });
    await open(routes);
    await person.click(await screen.findByRole('button', { name: 'Delete Plan' }));
    expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
    await person.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete meeting' }));
    expect(await screen.findByText('No meetings scheduled')).toBeTruthy();
  });
});

describe('joining with a code', () => {
  const field = () => screen.getByRole('textbox', { name: 'Join Meeting with Code' });

  it('finds the meeting in any spelling', async () => {
    answerWith({ ...USER, 'GET /meeting/meetings/abcdefghjk/': json(meetingAt(0)) });
    const { where } = await open(routes);
    expect(field().getAttribute('name')).toBe('join-code');
    await person.type(field(), ' ABC–defg hjk{Enter}');
    await waitFor(() => expect(where()).toBe('/conf/abcdefghjk/'));
  });

  it('says that there is none', async () => {
    answerWith(USER);
    const { where } = await open(routes);
    await person.type(field(), 'abcdefghjk{Enter}');
    expect(await screen.findByText('Could not find the meeting with code "abcdefghjk"')).toBeTruthy();
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field());
    expect(where()).toBe('/');
  });

  it('asks nobody for what is no code', async () => {
    const asked = answerWith(USER);
    await open(routes);
    await person.type(field(), 'hello{Enter}');
    expect(await screen.findByText('Could not find the meeting with code "hello"')).toBeTruthy();
    expect(asked.some(({ url }) => url.includes('hello'))).toBe(false);
  });

  it('does not say that there is none when the server is out of reach', async () => {
    answerWith({
      ...USER,
      'GET /meeting/meetings/abcdefghjk/': () => Promise.reject(new TypeError('Failed to fetch')),
    });
    await open(routes);
    await person.type(field(), 'abcdefghjk{Enter}');
    expect(await screen.findByText(/cannot be reached/)).toBeTruthy();
  });
});

it('one click makes a meeting that begins now, and goes there', async () => {
  const asked = answerWith({ ...USER, 'POST /meeting/new/': json(meetingAt(0), 201) });
  const { where } = await open(routes);
  const button = screen.getByRole('button', { name: 'Start a meeting now' });
  await waitFor(() => expect(button.hasAttribute('disabled')).toBe(false));
  await person.click(button);
  await waitFor(() => expect(where()).toBe('/conf/abcdefghjk/'));
  const sent = await asked.find(({ method }) => method === 'POST')?.json();
  expect(sent).toMatchObject({ title: 'Meeting of Countess', end_time: null });
  expect(Math.abs(Date.parse(sent.start_time) - Date.now())).toBeLessThan(60_000);
});
