import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter, makeTrack, prepare, restore } from '../test/harness';

beforeEach(prepare);
afterEach(restore);

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const pressed = (name: string) => button(name).getAttribute('aria-pressed');

describe('one’s own devices', () => {
  test('the microphone falls silent and speaks again', async () => {
    const { user, conference } = await enter();
    expect(pressed('Microphone')).toBe('true');
    await user.click(button('Microphone'));
    expect(pressed('Microphone')).toBe('false');
    expect(conference.snapshot().local.microphone.muted).toBe(true);
    await user.keyboard('m');
    expect(pressed('Microphone')).toBe('true');
  });

  test('a camera that is off is let go, and taken again', async () => {
    const { user, conference } = await enter();
    await user.click(button('Camera'));
    await waitFor(() => expect(pressed('Camera')).toBe('true'));
    const { track } = conference.snapshot().local.camera;
    expect(track?.readyState).toBe('live');
    await user.click(button('Camera'));
    await waitFor(() => expect(pressed('Camera')).toBe('false'));
    expect(track?.readyState).toBe('ended');
    expect(conference.snapshot().local.camera.track).toBeNull();
  });

  test('a device that cannot be had is explained', async () => {
    const denied = Object.assign(new Error('no'), { name: 'NotAllowedError' });
    const { user } = await enter({}, { capture: () => Promise.reject(denied) });
    await user.click(button('Camera'));
    expect((await screen.findAllByText(/The camera cannot be used. Allow it/)).length).toBeGreaterThan(0);
    expect(pressed('Camera')).toBe('false');
  });

  test('an unplugged camera is replaced', async () => {
    const made: MediaStreamTrack[] = [];
    const capture = async () => {
      const track = makeTrack('video');
      made.push(track);
      return track;
    };
    const { user, conference } = await enter({}, { capture });
    await user.click(button('Camera'));
    await waitFor(() => expect(pressed('Camera')).toBe('true'));
    made[0]?.stop();
    await act(async () => made[0]?.dispatchEvent(new Event('ended')));
    await waitFor(() => expect(conference.snapshot().local.camera.track).toBe(made[1]));
    expect(made).toHaveLength(2);
  });

  test('the screen is shared with its sound, and ended from the bar above', async () => {
    const tracks = [makeTrack('video'), makeTrack('audio')];
    const display = async () =>
      ({
        getVideoTracks: () => tracks.slice(0, 1),
        getAudioTracks: () => tracks.slice(1),
      }) as unknown as MediaStream;
    vi.stubGlobal(
      'navigator',
      Object.assign(Object.create(navigator), {
        mediaDevices: {
          getDisplayMedia: display,
          enumerateDevices: async () => [],
          addEventListener() {},
          removeEventListener() {},
        },
      }),
    );
    const { user, conference } = await enter({}, { display });
    await user.click(button('Share the screen'));
    await waitFor(() => expect(conference.snapshot().local.screenAudio.track).toBe(tracks[1]));
    expect(screen.getByText('You are sharing your screen.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Stop sharing' }));
    await waitFor(() => expect(conference.snapshot().local.screen.track).toBeNull());
    expect(tracks.map((track) => track.readyState)).toEqual(['ended', 'ended']);
  });
});

describe('the space bar', () => {
  test('opens the microphone while it is held', async () => {
    const { user, conference } = await enter();
    const heard = () => !conference.snapshot().local.microphone.muted;
    await user.keyboard('m');
    expect(heard()).toBe(false);
    (document.activeElement as HTMLElement | null)?.blur();
    await user.keyboard('{ >}');
    await waitFor(() => expect(heard()).toBe(true));
    expect(screen.getByText('You can be heard while you hold the space bar')).toBeTruthy();
    await user.keyboard('{/ }');
    await waitFor(() => expect(heard()).toBe(false));
  });

  test('closes it when the window loses the keyboard', async () => {
    const { user, conference } = await enter();
    await user.keyboard('m{ >}');
    await waitFor(() => expect(conference.snapshot().local.microphone.muted).toBe(false));
    await act(async () => {
      window.dispatchEvent(new Event('blur'));
    });
    await waitFor(() => expect(conference.snapshot().local.microphone.muted).toBe(true));
  });
});

describe('keys', () => {
  test('do nothing while one writes', async () => {
    const { user, conference } = await enter({ people: 1 });
    await user.keyboard('c');
    const field = screen.getByRole('textbox', { name: 'Write a message' });
    expect(document.activeElement).toBe(field);
    await user.keyboard('mvh');
    expect((field as HTMLTextAreaElement).value).toBe('mvh');
    expect(conference.snapshot().local.microphone.muted).toBe(false);
  });

  test('can be turned off in the sheet that lists them', async () => {
    const { user, conference, call } = await enter();
    await user.keyboard('?');
    await user.click(await screen.findByRole('switch', { name: 'Use these shortcuts' }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(call.view.get().help).toBe(false));
    await user.keyboard('m');
    expect(conference.snapshot().local.microphone.muted).toBe(false);
  });
});

test('a hand goes up and down', async () => {
  const { user, conference } = await enter();
  await user.click(button('Raise a hand'));
  expect(pressed('Raise a hand')).toBe('true');
  await user.keyboard('h');
  expect(conference.snapshot().self?.hand).toBe(false);
});

test('reactions go out and are shown and read out', async () => {
  const { user } = await enter();
  await user.click(button('React'));
  await user.click(await screen.findByRole('menuitem', { name: 'Applause' }));
  expect(screen.getByText('👏')).toBeTruthy();
  expect(screen.getByText('Me reacts: 👏')).toBeTruthy();
});

test('the bar is one stop for the tab key, with arrows within', async () => {
  const { user } = await enter();
  const inBar = screen.getByRole('toolbar').querySelectorAll('[tabindex="0"]');
  expect(inBar).toHaveLength(1);
  button('Microphone').focus();
  await user.keyboard('{ArrowRight}');
  expect(document.activeElement).toBe(button('Choose microphone and loudspeaker'));
});

describe('leaving', () => {
  test('guests leave at once', async () => {
    const { user, conference } = await enter({ role: 'guest' });
    await user.click(button('Leave'));
    expect(conference.snapshot().state).toMatchObject({ kind: 'left', reason: 'left' });
  });

  test('hosts may end the meeting for all, and are asked first', async () => {
    const { user, conference } = await enter();
    await user.click(button('Leave'));
    await user.click(await screen.findByRole('menuitem', { name: 'End the meeting for everybody' }));
    expect(conference.snapshot().state.kind).toBe('joined');
    await user.click(await screen.findByRole('button', { name: 'End the meeting' }));
    await waitFor(() => expect(conference.snapshot().state).toMatchObject({ kind: 'left', reason: 'ended' }));
  });
});
