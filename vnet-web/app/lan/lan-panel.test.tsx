import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Conference } from '../conference/conference';
import { BEFORE } from '../conference/store';
import en from '../i18n/locales/en';
import { readShell } from '../shell';
import { ShellContext } from '../shell-context';
import { FakeRoom } from './fake-net';
import { LanPanel } from './lan-panel';
import { NO_SHARE } from './share/idle';

let room: FakeRoom;

beforeAll(async () => {
  const { initReactI18next } = await import('react-i18next');
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { translation: en } } });
});

beforeEach(() => {
  room = new FakeRoom();
  const { CONNECTING, OPEN, CLOSED } = WebSocket;
  // `new` on an arrow function fails: the room opens for whoever asks for a socket.
  function openSocket(address: string) {
    return room.open(address);
  }
  vi.stubGlobal('WebSocket', Object.assign(openSocket, { CONNECTING, OPEN, CLOSED }));
  const conference = { snapshot: () => BEFORE, subscribe: () => () => {} } as unknown as Conference;
  const shell = readShell(document.createElement('div'));
  render(
    <MantineProvider>
      <ShellContext value={shell}>
        <LanPanel conference={conference} share={NO_SHARE} />
      </ShellContext>
    </MantineProvider>,
  );
});

/** Opens the place of the pair protocol, which the share of the meeting comes before. */
async function openPair(): Promise<void> {
  await userEvent.click(screen.getByText('With another meeting or the original VNET'));
}

const pair = () => within(screen.getByRole('group'));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('the pair protocol stands apart, closed, and is open while it is used', async () => {
  expect(screen.queryByRole('button', { name: 'Share' })).toBeNull();
  await openPair();
  await userEvent.click(pair().getByRole('button', { name: 'Share' }));
  await openPair();
  expect(pair().getByRole('button', { name: 'Stop sharing' })).toBeDefined();
});

test('who shares gets a code, and sees that nobody is there yet', async () => {
  await openPair();
  await userEvent.click(pair().getByRole('button', { name: 'Share' }));
  const code = pair().getByLabelText('Code for the other device');
  expect(code.textContent).toMatch(/^[1-9]\d{5}$/);
  expect(await pair().findByText('Waiting for the other device')).toBeDefined();
  expect(room.opened.map(({ address }) => new URL(address).pathname)).toEqual([
    `/vnet/ps/${code.textContent}/`,
  ]);
  expect(pair().queryByLabelText('Code')).toBeNull();
  await userEvent.click(pair().getByRole('button', { name: 'Stop sharing' }));
  expect(room.sockets).toHaveLength(0);
  expect(pair().getByRole('button', { name: 'Receive' })).toBeDefined();
});

test('who receives types a code; what is no code is told, and a full room', async () => {
  await openPair();
  const field = pair().getByRole('textbox', { name: 'Code' });
  await userEvent.type(field, '123{Enter}');
  expect(pair().getByText('A code has six digits.')).toBeDefined();
  expect(room.opened).toHaveLength(0);
  room.refusals.push(4409);
  await userEvent.type(field, ' 456{Enter}');
  expect(await pair().findByText(/Two devices use this code already/)).toBeDefined();
  expect(pair().getByRole('button', { name: 'Try again' })).toBeDefined();
});
