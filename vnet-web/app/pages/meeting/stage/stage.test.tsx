import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enter, prepare, restore } from '../test/harness';

beforeEach(prepare);
afterEach(restore);

const tiles = () =>
  within(screen.getByRole('region', { name: 'People in the meeting' })).getAllByRole('listitem');
const names = () => tiles().map((tile) => tile.getAttribute('aria-label'));
const places = () =>
  tiles().map((tile) => `${tile.getAttribute('aria-label')}: ${tile.getAttribute('data-place')}`);
const tile = (name: string) => {
  const found = tiles().find((one) => one.getAttribute('aria-label') === name);
  if (!found) throw new Error(`no tile of ${name}`);
  return found;
};
const said = () =>
  [...document.querySelectorAll('[aria-live="polite"]')].map((one) => one.textContent).join('\n');

describe('people', () => {
  test('alone one is told so, and how others come in', async () => {
    const { user } = await enter();
    expect(screen.getByRole('complementary', { name: 'You are the only one here' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Copy the invitation' }));
    expect(await navigator.clipboard.readText()).toBe('Join us');
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
  });

  test('who comes and goes has a tile meanwhile, and is read out', async () => {
    const { room, script } = await enter();
    expect(names()).toEqual(['Me (you)']);
    const ada = await script(() => room.add('Ada Byron'));
    expect(places()).toEqual(['Me (you): float', 'Ada Byron: grid']);
    await script(() => room.add('Alan Turing'));
    expect(places()).toEqual(['Me (you): grid', 'Ada Byron: grid', 'Alan Turing: grid']);
    await script(() => room.leave(ada));
    expect(names()).toEqual(['Me (you)', 'Alan Turing']);
    expect(said()).toContain('Ada Byron has left');
  });

  test('a picture is attached once, whatever the layout becomes', async () => {
    const { room, script, call, id } = await enter({ people: 3 });
    const find = () => tile('Ada Byron').querySelector('video');
    await waitFor(() => expect(find()).toBeTruthy());
    const video = find();
    const element = tile('Ada Byron');
    const source = video?.srcObject;
    await act(async () => call.pin(`p:${id('Ada Byron')}`));
    expect(tile('Ada Byron').dataset.place).toBe('large');
    await act(async () => call.pin(`p:${id('Grace Hopper')}`));
    expect(tile('Ada Byron').dataset.place).toBe('strip');
    await script(() => room.add('Newcomer'));
    await script(() => room.speak(id('Alan Turing'), 0.8));
    await act(async () => call.view.update({ pinned: null, layout: 'speaker' }));
    expect(tile('Ada Byron')).toBe(element);
    expect(find()).toBe(video);
    expect(video?.srcObject).toBe(source);
  });

  test('a camera that is off shows initials', async () => {
    const { room, script } = await enter();
    const ada = await script(() => room.add('Ada Byron'));
    await waitFor(() => expect(tile('Ada Byron').querySelector('video[data-shown]')).toBeTruthy());
    await script(() => room.setMuted(ada, 'camera', true));
    expect(tile('Ada Byron').querySelector('video[data-shown]')).toBeNull();
    expect(tile('Ada Byron').textContent).toContain('AB');
  });

  test('what is shown is wanted, and what is pinned is wanted most', async () => {
    const { call, room, wants, id } = await enter({ people: 3 });
    const camera = room.find(id('Ada Byron'), 'camera')?.id ?? '';
    await waitFor(() => expect(wants.get(camera)).toMatchObject({ on: true, priority: 'tile' }));
    await act(async () => call.pin(`p:${id('Ada Byron')}`));
    await waitFor(() => expect(wants.get(camera)).toMatchObject({ on: true, priority: 'pinned' }));
    await act(async () => call.view.update({ dataSaver: true }));
    await waitFor(() => expect(wants.get(camera)).toEqual({ on: false }));
    expect(screen.getByRole('button', { name: 'Show pictures' })).toBeTruthy();
  });

  test('those beyond the page are not wanted, and who speaks comes to the first page', async () => {
    const { room, script, wants, id } = await enter({ people: 60 });
    await waitFor(() =>
      expect(wants.get(room.find(id('Ada Byron'), 'camera')?.id ?? '')).toMatchObject({ on: true }),
    );
    // After them there is only oneself.
    const name = [...room.people.values()].at(-2)?.name ?? '';
    const last = id(name);
    const camera = room.find(last, 'camera')?.id ?? '';
    expect(names()).not.toContain(name);
    expect(wants.get(camera)?.on ?? false).toBe(false);
    expect(screen.getByText('1 of 2')).toBeTruthy();
    await script(() => room.speak(last, 0.7));
    expect(names()).toContain(name);
    await waitFor(() => expect(wants.get(camera)).toMatchObject({ on: true, priority: 'speaker' }));
  });
});

describe('a tile', () => {
  test('is pinned by its menu and let go by it', async () => {
    const { user } = await enter({ people: 2 });
    await user.click(screen.getByRole('button', { name: 'More for Grace Hopper' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Pin' }));
    expect(tile('Grace Hopper').dataset.place).toBe('large');
    await user.click(screen.getByRole('button', { name: 'More for Grace Hopper' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Unpin' }));
    expect(tile('Grace Hopper').dataset.place).toBe('grid');
  });

  test('of a shared screen is large until it ends', async () => {
    const { room, script, id } = await enter({ people: 2 });
    await script(() => room.share(id('Ada Byron'), true, true));
    expect(tile('Ada Byron’s screen').dataset.place).toBe('large');
    expect(tile('Ada Byron').dataset.place).toBe('strip');
    await waitFor(() => expect(document.querySelectorAll('audio')).toHaveLength(3));
    await script(() => room.share(id('Ada Byron'), false));
    expect(names()).not.toContain('Ada Byron’s screen');
    expect(tile('Ada Byron').dataset.place).toBe('grid');
  });

  test('says who speaks without being drawn anew', async () => {
    const { room, script, id } = await enter({ people: 2 });
    await script(() => room.speak(id('Ada Byron'), 0.5));
    await waitFor(() => expect(tile('Ada Byron').querySelector('[data-speaking]')).toBeTruthy());
    expect(tile('Grace Hopper').querySelector('[data-speaking]')).toBeNull();
  });

  test('shows hands, silence and lost connections', async () => {
    const { room, script, id } = await enter({ people: 2 });
    await script(() => room.change(id('Ada Byron'), { hand: true }));
    expect(within(tile('Ada Byron')).getByRole('img', { name: 'Hand raised' })).toBeTruthy();
    expect(said()).toContain('Ada Byron raises a hand');
    expect(within(tile('Grace Hopper')).getByRole('img', { name: 'Microphone off' })).toBeTruthy();
    await script(() => room.connected(id('Grace Hopper'), false));
    expect(tile('Grace Hopper').textContent).toContain('Connection lost');
  });
});

describe('what goes wrong is said', () => {
  test('while the server or the media is away', async () => {
    const { conference, script } = await enter({ people: 1 });
    await script(() => conference.lose('server'));
    expect(screen.getByText(/The connection to the server was lost/)).toBeTruthy();
    await script(() => conference.recover());
    expect(screen.queryByText(/The connection to the server was lost/)).toBeNull();
    await script(() => conference.lose('media'));
    expect(screen.getByText(/Sound and picture were interrupted/)).toBeTruthy();
  });

  test('a browser that keeps silent is asked for by a click', async () => {
    const refusal = Object.assign(new Error('no gesture'), { name: 'NotAllowedError' });
    const play = HTMLMediaElement.prototype.play as unknown as {
      mockRejectedValue(error: Error): void;
      mockResolvedValue(): void;
    };
    play.mockRejectedValue(refusal);
    const { user } = await enter({ people: 1 });
    const button = await screen.findByRole('button', { name: 'Hear the meeting' });
    play.mockResolvedValue();
    await user.click(button);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Hear the meeting' })).toBeNull());
  });
});
