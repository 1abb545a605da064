import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
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
        <LanPanel conference={conference} />
      </ShellContext>
    </MantineProvider>,
  );
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('who shares gets a code, and sees that nobody is there yet', async () => {
  await userEvent.click(screen.getByRole('button', { name: 'Share' }));
  const code = screen.getByLabelText('Code for the other device');
  expect(code.textContent).toMatch(/^[1-9]\d{5}$/);
  expect(await screen.findByText('Waiting for the other device')).toBeDefined();
  expect(room.opened.map(({ address }) => new URL(address).pathname)).toEqual([
    `/vnet/ps/${code.textContent}/`,
  ]);
  expect(screen.queryByLabelText('Code')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Stop sharing' }));
  expect(room.sockets).toHaveLength(0);
  expect(screen.getByRole('button', { name: 'Receive' })).toBeDefined();
});

test('who receives types a code; what is no code is told, and a full room', async () => {
  const field = screen.getByRole('textbox', { name: 'Code' });
  await userEvent.type(field, '123{Enter}');
  expect(screen.getByText('A code has six digits.')).toBeDefined();
  expect(room.opened).toHaveLength(0);
  room.refusals.push(4409);
  await userEvent.type(field, ' 456{Enter}');
  expect(await screen.findByText(/Two devices use this code already/)).toBeDefined();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined();
});
