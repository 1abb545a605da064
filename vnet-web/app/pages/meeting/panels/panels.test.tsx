import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enter, prepare, restore } from '../test/harness';

beforeEach(prepare);
afterEach(restore);

const panel = (name: string | RegExp) => screen.getByRole('complementary', { name });

describe('the chat', () => {
  test('sends with Enter, breaks lines with Shift, and shows who wrote', async () => {
    const { user, room, script, id } = await enter({ people: 1 });
    await user.keyboard('c');
    await user.keyboard('One{Shift>}{Enter}{/Shift}Two{Enter}');
    expect(room.chat.map((line) => line.text)).toEqual(['One\nTwo']);
    await script(() => room.say(id('Ada Byron'), 'Hello'));
    const log = screen.getByRole('log');
    expect(within(log).getByText('Hello')).toBeTruthy();
    expect(within(log).getByText('Ada Byron')).toBeTruthy();
    expect((screen.getByRole('textbox', { name: 'Write a message' }) as HTMLTextAreaElement).value).toBe('');
  });

  test('counts what was not read, and says it', async () => {
    const { user, room, script, call, id } = await enter({ people: 1 });
    await script(() => room.say(id('Ada Byron'), 'Are you there?'));
    expect(screen.getByRole('button', { name: 'Chat, 1 new message' })).toBeTruthy();
    expect(document.title).toBe('(1) Planning – VNET');
    expect(screen.getAllByText('Ada Byron: Are you there?').length).toBeGreaterThan(0);
    await user.click(screen.getByRole('button', { name: 'Open' }));
    expect(panel('Chat')).toBeTruthy();
    expect(call.view.get().unread).toBe(0);
    expect(document.title).toBe('Planning – VNET');
  });

  test('writes to one alone, and to nobody else when they have left', async () => {
    const { user, room, script, id } = await enter({ people: 2 });
    await user.click(screen.getByRole('button', { name: 'More for Ada Byron' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Write to Ada Byron' }));
    await user.click(screen.getByRole('textbox', { name: 'Write a message' }));
    await user.keyboard('psst{Enter}');
    expect(room.chat.at(-1)).toMatchObject({ text: 'psst', to: id('Ada Byron') });
    expect(screen.getByText('only to Ada Byron')).toBeTruthy();
    await script(() => room.leave(id('Ada Byron')));
    await user.keyboard('secret{Enter}');
    expect(room.chat).toHaveLength(1);
    expect(screen.getByText(/They have left/)).toBeTruthy();
  });

  test('links only to the web, and away from this page', async () => {
    const { user, room, script, id } = await enter({ people: 1 });
    await user.keyboard('c');
    await script(() => room.say(id('Ada Byron'), 'https://example.org/a and javascript:alert(1)'));
    const links = screen.getAllByRole('link');
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['https://example.org/a']);
    expect(links[0]?.getAttribute('rel')).toContain('noopener');
    expect(links[0]?.getAttribute('target')).toBe('_blank');
  });

  test('keeps the text when it could not be sent', async () => {
    const { user, conference, script } = await enter({ people: 1 });
    await user.keyboard('c');
    await script(() => conference.lose('server'));
    await user.keyboard('hello{Enter}');
    await waitFor(() => expect(screen.getAllByText(/was not sent/).length).toBeGreaterThan(0));
    expect((screen.getByRole('textbox', { name: 'Write a message' }) as HTMLTextAreaElement).value).toBe(
      'hello',
    );
  });

  test('closes with Escape and gives the focus back', async () => {
    const { user } = await enter({ people: 1 });
    const button = screen.getByRole('button', { name: 'Chat' });
    await user.click(button);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('complementary', { name: 'Chat' })).toBeNull();
    expect(document.activeElement).toBe(button);
  });
});

describe('the list of people', () => {
  const rows = () => within(screen.getByRole('list', { name: 'People' })).getAllByRole('listitem');

  test('has everybody with what is known of them, raised hands first', async () => {
    const { user, room, script, id } = await enter({ people: 3 });
    await user.keyboard('p');
    await script(() => room.change(id('Alan Turing'), { hand: true }));
    expect(rows().map((row) => row.getAttribute('data-person'))).toEqual([
      'Alan Turing',
      'Me',
      'Ada Byron',
      'Grace Hopper',
    ]);
    const grace = rows()[3];
    expect(grace && within(grace).getByRole('img', { name: 'Microphone off' })).toBeTruthy();
  });

  test('finds people without their accents', async () => {
    const { user, room, script } = await enter({ people: 8 });
    await script(() => room.add('Émilie du Châtelet'));
    await user.keyboard('p');
    await user.type(screen.getByRole('searchbox', { name: 'Search by name' }), 'chatelet em');
    expect(rows().map((row) => row.getAttribute('data-person'))).toEqual(['Émilie du Châtelet']);
  });
});

describe('hosts', () => {
  test('mute, remove and hand over', async () => {
    const { user, room, conference, id } = await enter({ people: 2 });
    const choose = async (person: string, item: string) => {
      await user.click(screen.getByRole('button', { name: `More for ${person}` }));
      await user.click(await screen.findByRole('menuitem', { name: item }));
    };
    await choose('Ada Byron', 'Mute');
    expect(room.find(id('Ada Byron'), 'microphone')?.muted).toBe(true);
    const ada = id('Ada Byron');
    await choose('Ada Byron', 'Remove from the meeting');
    expect(room.people.has(ada)).toBe(true);
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(room.people.has(ada)).toBe(false));
    await choose('Grace Hopper', 'Make host');
    await user.click(await screen.findByRole('button', { name: 'Make host' }));
    await waitFor(() => expect(conference.snapshot().self?.role).toBe('guest'));
    expect(room.people.get(id('Grace Hopper'))?.role).toBe('host');
  });

  test('are told who waits, and let them in or not', async () => {
    const { user, room, script } = await enter();
    await script(() => room.knock('Alan Turing'));
    expect(screen.getAllByText('Alan Turing waits to be let in').length).toBeGreaterThan(0);
    await script(() => room.knock('Emmy Noether'));
    expect(screen.getAllByText('2 people wait to be let in').length).toBeGreaterThan(0);
    await user.click(screen.getByRole('button', { name: 'Look' }));
    await user.click(screen.getByRole('button', { name: 'Send Emmy Noether away' }));
    await user.click(screen.getByRole('button', { name: 'Let Alan Turing in' }));
    expect([...room.people.values()].map((one) => one.name)).toEqual(['Me', 'Alan Turing']);
    expect(room.waiting.size).toBe(0);
    expect(within(screen.getByRole('region', { name: 'Messages' })).queryByText(/let in/)).toBeNull();
  });

  test('lock the meeting and switch the lobby', async () => {
    const { user, room } = await enter();
    await user.keyboard('p');
    await user.click(screen.getByRole('switch', { name: /Lock the meeting/ }));
    await user.click(screen.getByRole('switch', { name: /Lobby/ }));
    expect(room.meeting).toMatchObject({ locked: true, lobby: true });
  });

  test('only hosts have their actions', async () => {
    const { user } = await enter({ people: 2, role: 'guest' });
    await user.keyboard('p');
    expect(screen.queryByRole('switch')).toBeNull();
    const [more] = screen.getAllByRole('button', { name: 'More for Ada Byron' });
    if (more) await user.click(more);
    expect(await screen.findByRole('menuitem', { name: 'Pin' })).toBeTruthy();
    expect(screen.queryByRole('menuitem', { name: 'Remove from the meeting' })).toBeNull();
  });

  test('who is muted by a host is told who did it', async () => {
    const { room, script, self, id } = await enter({ people: 1, role: 'guest' });
    await script(() => room.silence(room.find(self, 'microphone')?.id ?? '', id('Ada Byron')));
    expect(screen.getByText('Ada Byron has muted you. Turn the microphone on to speak.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Microphone' }).getAttribute('aria-pressed')).toBe('false');
  });
});

test('statistics say what each stream takes', async () => {
  const { user, call } = await enter({ people: 1 });
  await waitFor(() =>
    expect(call.conference.snapshot().streams.every((one) => one.state === 'playing')).toBe(true),
  );
  await user.keyboard('i');
  expect(await screen.findByText('12 ms')).toBeTruthy();
  expect(panel('Statistics').textContent).toContain('480×270');
  await act(async () => {});
});
