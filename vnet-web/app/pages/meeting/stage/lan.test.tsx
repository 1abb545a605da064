import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeRoom } from '../../../lan/fake-net';
import type { Received } from '../../../lan/guest-link';
import type { Call } from '../call/call';
import { enter, prepare, restore } from '../test/harness';

let room: FakeRoom;

beforeEach(() => {
  prepare();
  room = new FakeRoom();
  const { CONNECTING, OPEN, CLOSED } = WebSocket;
  function openSocket(address: string) {
    return room.open(address);
  }
  vi.stubGlobal('WebSocket', Object.assign(openSocket, { CONNECTING, OPEN, CLOSED }));
});
afterEach(restore);

const tile = (name: string) => screen.getByRole('listitem', { name });
const MARK = { name: 'Comes over this network' };

const picture = (key: string, name: string, more: Partial<Received> = {}): Received => ({
  key,
  name,
  participant: null,
  source: 'camera',
  media: new MediaStream(),
  ...more,
});

const receive = (call: Call, ...all: Received[]) => act(async () => call.received.set(all));

describe('sharing on this network', () => {
  test('is opened from the menu, and gives the focus back to it', async () => {
    const { user } = await enter({ people: 1 });
    await user.click(screen.getByRole('button', { name: 'More' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Share on this network' }));
    const panel = await screen.findByRole('complementary', { name: 'Share on this network' });
    expect(await within(panel).findByRole('button', { name: 'Share' })).toBeTruthy();
    await waitFor(() => expect(panel.contains(document.activeElement)).toBe(true));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'More' })));
  });

  test('is told above the tiles, also when the panel is closed, and ended there', async () => {
    const { user, call } = await enter({ people: 1 });
    await act(async () => call.view.update({ panel: 'lan' }));
    await user.click(await screen.findByRole('button', { name: 'Share' }));
    const code = screen.getByLabelText('Code for the other device').textContent;
    await user.click(screen.getByRole('button', { name: 'Close this panel' }));
    expect(screen.getByText(new RegExp(`shared on this network. Code: ${code}`))).toBeTruthy();
    expect(room.sockets).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Stop sharing' }));
    expect(screen.queryByText(/shared on this network/)).toBeNull();
    expect(room.sockets).toHaveLength(0);
  });
});

describe('a received picture', () => {
  test('takes the place of the one of the meeting, which is no longer wanted', async () => {
    const { call, id, wants, conference } = await enter({ people: 1 });
    const stream = () =>
      conference
        .snapshot()
        .streams.find((one) => one.participant === id('Ada Byron') && one.source === 'camera')?.id;
    await waitFor(() => expect(wants.get(stream() ?? '')?.on).toBe(true));
    const media = new MediaStream();
    await receive(call, picture('a', 'Ada Byron', { participant: id('Ada Byron'), media }));
    expect(screen.getAllByRole('listitem', { name: 'Ada Byron' })).toHaveLength(1);
    expect(within(tile('Ada Byron')).getByRole('img', MARK)).toBeTruthy();
    expect(tile('Ada Byron').querySelector('video')?.srcObject).toBe(media);
    await waitFor(() => expect(wants.get(stream() ?? '')?.on).toBe(false));
    await receive(call);
    expect(within(tile('Ada Byron')).queryByRole('img', MARK)).toBeNull();
    await waitFor(() => expect(wants.get(stream() ?? '')?.on).toBe(true));
  });

  test('of somebody else is a tile like others: counted, named, pinned', async () => {
    const { call, user } = await enter({ people: 1 });
    await receive(call, picture('z', 'Zoe'));
    expect(tile('Zoe').dataset['place']).toBe('grid');
    await user.click(screen.getByRole('button', { name: 'More for Zoe' }));
    expect(await screen.findByText('Picture of Zoe, received on this network')).toBeTruthy();
    expect(screen.queryByRole('menuitem', { name: /Write to/ })).toBeNull();
    await user.click(screen.getByRole('menuitem', { name: 'Pin' }));
    expect(tile('Zoe').dataset['place']).toBe('large');
    await receive(call);
    expect(screen.queryByRole('listitem', { name: 'Zoe' })).toBeNull();
  });

  test('says what it is to a pointer', async () => {
    const { call, user } = await enter({ people: 1 });
    await receive(call, picture('z', '', { source: 'screen' }));
    await user.hover(within(tile('Somebody’s screen')).getByRole('img', MARK));
    expect(await screen.findByText('Picture of Somebody, received on this network')).toBeTruthy();
  });
});

describe('a provider that plays the sound by itself', () => {
  const speakers = [
    { kind: 'audiooutput', deviceId: 'one', label: 'Desk', groupId: '' },
    { kind: 'audiooutput', deviceId: 'two', label: 'Headset', groupId: '' },
  ];
  const choose = async (setLoudspeaker: (device: object) => Promise<void>) => {
    const devices = Object.assign(new EventTarget(), {
      enumerateDevices: async () => speakers,
      getUserMedia() {},
    });
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { mediaDevices: devices }));
    vi.stubGlobal('isSecureContext', true);
    const { user, conference } = await enter({ people: 1 });
    Object.assign(conference, { setLoudspeaker });
    await user.click(screen.getByRole('button', { name: 'Choose microphone and loudspeaker' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Headset' }));
  };

  test('is told which loudspeaker was chosen', async () => {
    const setLoudspeaker = vi.fn(async () => {});
    await choose(setLoudspeaker);
    await waitFor(() => expect(setLoudspeaker.mock.calls).toEqual([[{ deviceId: 'two', label: 'Headset' }]]));
  });

  test('may refuse, which is told', async () => {
    await choose(() => Promise.reject(new Error('no')));
    expect((await screen.findAllByText(/This loudspeaker cannot be used/)).length).toBeGreaterThan(0);
  });
});
