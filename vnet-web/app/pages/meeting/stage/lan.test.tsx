import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeRoom } from '../../../lan/fake-net';
import type { Received } from '../../../lan/guest-link';
import { FakeShare, lanStream, member } from '../../../lan/share/fake-share';
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
    expect(await within(panel).findByRole('button', { name: 'Share by code' })).toBeTruthy();
    await waitFor(() => expect(panel.contains(document.activeElement)).toBe(true));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'More' })));
  });

  test('is told above the tiles, also when the panel is closed, and ended there', async () => {
    const { user, call } = await enter({ people: 1 });
    await act(async () => call.view.update({ panel: 'lan' }));
    await user.click(await screen.findByText('With another meeting or the original VNET'));
    await user.click(screen.getByRole('button', { name: 'Share' }));
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
    const videos = () => [...tile('Ada Byron').querySelectorAll('video')];
    const [before, next] = videos();
    expect(next?.srcObject).toBe(media);
    expect([before, next].map((video) => video?.dataset['shown'])).toEqual(['true', undefined]);
    await act(async () => next?.dispatchEvent(new Event('playing')));
    await waitFor(() => expect(videos()).toEqual([next]));
    expect(next?.dataset['shown']).toBe('true');
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

describe('a picture of a share', () => {
  const meet = async () => {
    const share = new FakeShare();
    const entered = await enter({ people: 1 }, { makeShare: () => share });
    const { conference, id, wants } = entered;
    const stream = () =>
      conference
        .snapshot()
        .streams.find((one) => one.participant === id('Ada Byron') && one.source === 'camera');
    const wanted = () => wants.get(stream()?.id ?? '')?.on;
    await waitFor(() => expect(stream()?.state).toBe('playing'));
    const media = new MediaStream();
    const receive = (state: 'starting' | 'playing' | 'stalled') =>
      act(async () =>
        share.become({ received: [lanStream(id('Ada Byron'), 'Ada Byron', { media, state })] }),
      );
    const videos = () => [...tile('Ada Byron').querySelectorAll('video')];
    const plays = async (source: MediaStream | null | undefined) => {
      const video = videos().find((one) => one.srcObject === source);
      await act(async () => video?.dispatchEvent(new Event('playing')));
      await waitFor(() => expect(videos()).toEqual([video]));
    };
    const shown = () =>
      videos()
        .filter((video) => video.dataset['shown'])
        .map((video) => video.srcObject);
    return { ...entered, share, stream, wanted, media, receive, plays, shown, videos };
  };

  test('is shown once it plays, and the one of the meeting until then', async () => {
    const { stream, wanted, media, receive, plays, shown } = await meet();
    const own = stream()?.media;
    await receive('starting');
    expect(shown()).toEqual([own]);
    expect(wanted()).toBe(true);
    expect(within(tile('Ada Byron')).queryByRole('img', MARK)).toBeNull();
    await receive('playing');
    expect(shown()).toEqual([own]);
    await plays(media);
    expect(shown()).toEqual([media]);
    expect(within(tile('Ada Byron')).getByRole('img', MARK)).toBeTruthy();
    await waitFor(() => expect(wanted()).toBe(false));
  });

  test('stands still when it stalls or goes, until the one of the meeting plays: never a black tile', async () => {
    const { conference, stream, wanted, media, receive, plays, shown, videos, share, script } = await meet();
    await receive('playing');
    await plays(media);
    await waitFor(() => expect(stream()?.state).toBe('off'));
    // Nothing of the meeting comes at first.
    await script(() => conference.lose('media'));
    const pause = vi.spyOn(HTMLMediaElement.prototype, 'pause');
    await receive('stalled');
    expect(shown()).toEqual([media]);
    expect(pause.mock.contexts).toEqual(videos());
    expect(within(tile('Ada Byron')).queryByRole('img', MARK)).toBeNull();
    await act(async () => share.become({ received: [] }));
    expect(shown()).toEqual([media]);
    await waitFor(() => expect(wanted()).toBe(true));
    await script(() => conference.recover());
    await waitFor(() => expect(stream()?.state).toBe('playing'));
    expect(shown()).toEqual([media]);
    await plays(stream()?.media);
    expect(shown()).toEqual([stream()?.media]);
  });

  test('stands still also while the server holds back the one of the meeting', async () => {
    const { conference, stream, media, receive, plays, shown } = await meet();
    await receive('playing');
    await plays(media);
    await waitFor(() => expect(stream()?.state).toBe('off'));
    act(() => conference.setReceiveCap(1));
    await receive('stalled');
    await waitFor(() => expect(stream()?.state).toBe('paused'));
    expect(shown()).toEqual([media]);
    act(() => conference.setReceiveCap(null));
    await waitFor(() => expect(stream()?.state).toBe('playing'));
    await plays(stream()?.media);
    expect(shown()).toEqual([stream()?.media]);
  });

  test('goes on when it comes again', async () => {
    const { stream, media, receive, plays, shown, wanted, videos, conference, script } = await meet();
    await receive('playing');
    await plays(media);
    await waitFor(() => expect(stream()?.state).toBe('off'));
    await script(() => conference.lose('media'));
    await receive('stalled');
    const play = vi.mocked(HTMLMediaElement.prototype.play).mockClear();
    await receive('playing');
    expect(shown()).toEqual([media]);
    expect(play.mock.contexts).toEqual(videos());
    await waitFor(() => expect(wanted()).toBe(false));
  });

  test('of a camera that is turned off goes at once', async () => {
    const { media, receive, plays, shown, room: meeting, script, id } = await meet();
    await receive('playing');
    await plays(media);
    await script(() => meeting.setMuted(id('Ada Byron'), 'camera', true));
    expect(shown()).toEqual([]);
  });

  test('tells from whom and in which way it comes', async () => {
    const { share, receive, user } = await meet();
    share.become({ role: { kind: 'receiving', from: 'Bob', parent: 'Cid', connected: true } });
    await receive('playing');
    await user.hover(within(tile('Ada Byron')).getByRole('img', MARK));
    expect(await screen.findByText('From Bob, through Cid, passed on unchanged')).toBeTruthy();
  });

  test('that is handed on stays wanted when nobody sees the page', async () => {
    const share = new FakeShare();
    const { call } = await enter({ people: 1 }, { makeShare: () => share });
    const release = vi.fn();
    const hold = vi.spyOn(call.wants, 'hold').mockReturnValue(release);
    share.become({ cost: { cpu: 0.1, overloaded: false, children: 0 } });
    expect(hold).not.toHaveBeenCalled();
    share.become({ cost: { cpu: 0.1, overloaded: false, children: 2 } });
    share.become({ cost: { cpu: 0.1, overloaded: false, children: 1 } });
    expect(hold).toHaveBeenCalledOnce();
    expect(release).not.toHaveBeenCalled();
    share.become({ cost: null });
    expect(release).toHaveBeenCalledOnce();
  });
});

describe('a share is told above the tiles', () => {
  test('with how many receive, and ended there', async () => {
    const share = new FakeShare();
    const { user } = await enter({ people: 1 }, { makeShare: () => share });
    await act(async () => share.open());
    expect(screen.getByText('You share the pictures on this network. Nobody receives yet.')).toBeTruthy();
    const receivers = [member(2, 'Bob', { parent: 1, depth: 1 }), member(3, 'Cid', { parent: 2, depth: 2 })];
    await act(async () => share.become({ members: [member(1, 'Me', { isSelf: true }), ...receivers] }));
    expect(screen.getByText('2 devices on this network receive the pictures from you.')).toBeTruthy();
    await act(async () => share.become({ cost: { cpu: 1.2, overloaded: true, children: 1 } }));
    expect(screen.getByText(/This device has too much to do/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Stop sharing' }));
    expect(share.asked.at(-1)).toEqual(['stop']);
    expect(screen.queryByText(/receive the pictures from you/)).toBeNull();
  });

  test('with from whom one receives, and ended there', async () => {
    const share = new FakeShare();
    const { user } = await enter({ people: 1 }, { makeShare: () => share });
    const role = { kind: 'receiving', from: 'Bob', parent: null, connected: false } as const;
    await act(async () => share.become({ role }));
    expect(screen.getByText('You are being connected with Bob over this network.')).toBeTruthy();
    await act(async () => share.become({ role: { ...role, connected: true } }));
    expect(screen.getByText('The pictures come from Bob, over this network.')).toBeTruthy();
    expect(screen.getByText('The pictures come over your network now.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Stop receiving' }));
    expect(share.asked).toEqual([['stop']]);
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
    const own = { mediaDevices: { value: devices }, permissions: { value: undefined } };
    vi.stubGlobal('navigator', Object.create(navigator, own));
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
