import { act, cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConferenceError } from '../../conference/conference';
import { FakeConference, type FakeOptions } from '../../conference/fake/fake';
import { emptySources } from '../../conference/fake/sources';
import { answerWith, json, meetingAt, open, USER } from '../../test/page';
import { Component } from './meeting';
import { prepare, restore } from './test/harness';

let options: FakeOptions = {};
let made: FakeConference[] = [];
let refuse: Error | null = null;

vi.mock('../../conference/create', () => ({
  createConference: async () => {
    if (refuse) throw refuse;
    const conference = new FakeConference({ name: 'Ada', sources: emptySources, ...options });
    made.push(conference);
    return conference;
  },
}));

vi.mock('../../lan/share/create', async () => {
  const { NO_SHARE } = await import('../../lan/share/idle');
  return { createShare: () => NO_SHARE };
});

const Strict = () => (
  <StrictMode>
    <Component />
  </StrictMode>
);
const routes = [
  { path: '/conf/:code', Component: Strict },
  { path: '*', element: <p>elsewhere</p> },
];

beforeEach(() => {
  prepare();
  options = {};
  made = [];
  refuse = null;
  answerWith({ ...USER, 'GET /meeting/meetings/abcdefghjk/': json(meetingAt(0)) });
});

afterEach(() => {
  cleanup();
  restore();
});

async function join(change: FakeOptions = {}) {
  options = change;
  const page = await open(routes, '/conf/abc-defg-hjk');
  await userEvent.click(await screen.findByRole('button', { name: /without/i }));
  return page;
}
const inside = () => screen.findByRole('toolbar', { name: 'Meeting controls' });
const asks = () => {
  const event = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
};

test('an unknown code is told', async () => {
  answerWith(USER);
  await open(routes, '/conf/zzzzzzzzzz');
  expect(await screen.findByText('Could not find the meeting with code "zzzzzzzzzz"')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'To your meetings' }).getAttribute('href')).toBe('/');
});

test('a server that fails is asked again', async () => {
  let isBroken = true;
  answerWith({
    ...USER,
    'GET /meeting/meetings/abcdefghjk/': () =>
      isBroken ? Response.json({ detail: 'Broken.' }, { status: 500 }) : Response.json(meetingAt(0)),
  });
  await open(routes, '/conf/abcdefghjk');
  const again = await screen.findByRole('button', { name: 'Try again' });
  isBroken = false;
  await userEvent.click(again);
  expect(await screen.findByRole('button', { name: /without/i })).toBeTruthy();
});

describe('through a meeting', () => {
  test('one sets up, is in, and leaves, with a warning before the tab closes only while one is in', async () => {
    await join({ people: 1 });
    await inside();
    expect(made).toHaveLength(1);
    expect(document.title).toBe('Plan – VNET');
    expect(asks()).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'Leave' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Leave the meeting' }));
    expect(await screen.findByRole('heading', { name: 'You left the meeting' })).toBeTruthy();
    expect(asks()).toBe(false);
    await userEvent.click(screen.getByRole('button', { name: 'Join again' }));
    expect(await screen.findByRole('button', { name: /without/i })).toBeTruthy();
  });

  test('one waits in the lobby until a host decides', async () => {
    await join({ lobby: true });
    expect(await screen.findByRole('heading', { name: 'A host will let you in' })).toBeTruthy();
    const room = made[0]?.room;
    const [id = ''] = room?.waiting.keys() ?? [];
    await act(async () => room?.admit(id));
    await inside();
  });

  test('one may give up waiting', async () => {
    await join({ lobby: true });
    await userEvent.click(await screen.findByRole('button', { name: 'Leave the lobby' }));
    expect(await screen.findByRole('heading', { name: 'You left the meeting' })).toBeTruthy();
    expect(made[0]?.room.waiting.size).toBe(0);
  });

  test('one is told when one is not let in', async () => {
    await join({ lobby: true });
    await screen.findByRole('heading', { name: 'A host will let you in' });
    const room = made[0]?.room;
    await act(async () => room?.deny([...room.waiting.keys()][0] ?? ''));
    expect(await screen.findByRole('heading', { name: 'The host did not let you in' })).toBeTruthy();
  });

  test('a failure to come in is told where one tries again', async () => {
    refuse = new ConferenceError('server_full', 'The server is full.');
    await join();
    expect(await screen.findByText('The server is full.')).toBeTruthy();
    refuse = null;
    await userEvent.click(screen.getByRole('button', { name: /without/i }));
    await inside();
  });

  test('the page that goes away leaves', async () => {
    await join();
    await inside();
    await act(async () => {
      window.dispatchEvent(new Event('pagehide'));
    });
    expect(made[0]?.snapshot().state.kind).toBe('left');
    // Brought back from the browser's memory it says so.
    expect(await screen.findByRole('heading', { name: 'You left the meeting' })).toBeTruthy();
  });

  test('another page leaves, too', async () => {
    const page = await join();
    await inside();
    page.unmount();
    await waitFor(() => expect(made[0]?.snapshot().state.kind).toBe('left'));
    expect(asks()).toBe(false);
  });
});
