import { MantineProvider } from '@mantine/core';
import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startI18n } from '../../../i18n';
import en from '../../../i18n/locales/en';
import { readShell } from '../../../shell';
import { ShellContext } from '../../../shell-context';
import { FakeShare, lanStream, member } from '../fake-share';
import type { ShareProblem, ShareState } from '../types';
import { clockOf } from './code';
import { ShareRoom } from './room';

const user = userEvent.setup();
let share: FakeShare;

function show(state: Partial<ShareState> = {}): void {
  share = new FakeShare(state);
  render(
    <MantineProvider env="test">
      <ShellContext value={readShell(document.createElement('div'))}>
        <ShareRoom share={share} />
      </ShellContext>
    </MantineProvider>,
  );
}

const become = (change: Partial<ShareState>) => act(async () => share.become(change));
const button = (name: string) => screen.getByRole('button', { name });
const part = (name: string) => within(screen.getByRole('region', { name }));
const SHARING = { kind: 'sharing', code: '482913', expiresAt: Date.now() + 90_000 } as const;
const ME = member(1, 'Me', { isSelf: true });

beforeEach(startI18n);
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('who neither shares nor receives', () => {
  test('sees who is on the network, shares with them and receives from them', async () => {
    show({
      nearby: [
        { device: 2, name: 'Bob', invited: false },
        { device: 3, name: 'Cid', invited: true },
      ],
      shares: [{ share: 9, name: 'Dan', receivers: 2, known: false }],
    });
    expect(part('On your network').getByText('Shares with 2 devices')).toBeTruthy();
    expect(part('On your network').getByText('Asked')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Share with Cid' })).toBeNull();
    await user.click(button('Share with Bob'));
    expect(share.asked).toEqual([['invite', 2], ['open']]);
    await act(async () => share.stop());
    await user.click(button('Receive from Dan'));
    expect(share.asked.at(-1)).toEqual(['ask', 9]);
    expect(screen.getByText('Waiting until Dan allows it…')).toBeTruthy();
    await user.click(button('Stop asking'));
    expect(share.asked.at(-1)).toEqual(['stop']);
  });

  test('is told when nobody is there, and when the server is away', async () => {
    show();
    expect(screen.getByText('Nobody else of this meeting is on your network at the moment.')).toBeTruthy();
    expect(screen.queryByText(/The server is being reached/)).toBeNull();
    await become({ online: false });
    expect(screen.getByText(/The server is being reached/)).toBeTruthy();
  });

  test('receives by a code, in any spelling; what is none is told', async () => {
    show();
    const field = screen.getByRole('textbox', { name: 'Code' });
    await user.type(field, '12{Enter}');
    expect(screen.getByText('A code has six digits.')).toBeTruthy();
    expect(share.asked).toEqual([]);
    await user.clear(field);
    await user.type(field, '48 29-13{Enter}');
    expect(share.asked).toEqual([['askByCode', '482913']]);
    expect(screen.getByText('Waiting until the one who shares allows it…')).toBeTruthy();
    // The field is gone: the keyboard goes on in the same place.
    expect(document.activeElement?.contains(screen.getByText(/^Waiting until/))).toBe(true);
    expect(document.activeElement).not.toBe(document.body);
  });

  test('shares by code', async () => {
    show();
    await user.click(button('Share by code'));
    expect(share.asked).toEqual([['open']]);
    expect(screen.getByRole('status', { name: 'Code for others' }).textContent).toBe('482913');
  });
});

describe('who shares', () => {
  test('has the code, how long it is good, another one, and the address of second screens', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show({ role: { ...SHARING, expiresAt: Date.now() + 90_000 } });
    expect(screen.getByText('Good for 1:30')).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(screen.getByText('Good for 1:00')).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(61_000));
    expect(screen.getByText('A new code is on its way.')).toBeTruthy();
    vi.useRealTimers();
    await user.click(button('Copy the code'));
    expect(await navigator.clipboard.readText()).toBe('482913');
    expect(screen.getByText('The code is copied.')).toBeTruthy();
    await user.click(button('Copy the address with the code'));
    expect(await navigator.clipboard.readText()).toBe(`${location.origin}/meet/watch/#482913`);
    await user.click(button('New code'));
    expect(share.asked).toEqual([['renewCode']]);
    expect(screen.getByText('The new code is 175206.')).toBeTruthy();
  });

  test('answers who asks', async () => {
    show({
      role: SHARING,
      asked: [
        { device: 7, name: 'Bob', by: 'nearby', viewer: false },
        { device: 8, name: 'Hall', by: 'code', viewer: true },
      ],
    });
    const asks = part('Who asks to receive');
    expect(asks.getByText('Second screen')).toBeTruthy();
    await user.click(button('Allow Bob to receive'));
    await user.click(button('Refuse Hall'));
    expect(share.asked).toEqual([
      ['admit', 7],
      ['refuse', 8],
    ]);
    expect(screen.queryByRole('region', { name: 'Who asks to receive' })).toBeNull();
  });

  test('sees who receives from whom, in which way and how much, and puts them out', async () => {
    show({
      role: SHARING,
      nearby: [
        { device: 2, name: 'Bob', invited: false },
        { device: 6, name: 'Eve', invited: false },
      ],
      members: [
        ME,
        member(2, 'Bob', { parent: 1, depth: 1, way: 'encoded', streams: 3, bytes: 12_000_000 }),
        member(4, 'Dan', { parent: 2, depth: 2, viewer: true }),
      ],
      cost: { cpu: 0.123, overloaded: false, children: 1 },
      savedNearby: 24_000_000,
    });
    const tree = part('Who receives from whom');
    const bob = tree.getByText('Bob').closest('li');
    expect(bob && within(bob).getByText('passed on unchanged · 3 pictures · 12 MB')).toBeTruthy();
    expect(bob && within(bob).getByText('Dan')).toBeTruthy();
    expect(tree.getByText('second screen')).toBeTruthy();
    expect(tree.getByText('Me (you)')).toBeTruthy();
    expect(screen.getByText('2 devices receive')).toBeTruthy();
    expect(screen.getByText('Sending takes about 12% of one processor core.')).toBeTruthy();
    expect(screen.getByText('On this network 24 MB did not have to come over the internet.')).toBeTruthy();
    // Who receives already is not asked again.
    expect(screen.queryByRole('button', { name: 'Share with Bob' })).toBeNull();
    expect(button('Share with Eve')).toBeTruthy();
    await user.click(button('Put Dan out'));
    expect(share.asked).toEqual([['putOut', 4]]);
    expect(screen.queryByRole('button', { name: 'Put Me out' })).toBeNull();
  });

  test('is warned when it is too much, and stops', async () => {
    show({ role: SHARING });
    expect(screen.getByText('Nobody receives yet.')).toBeTruthy();
    await become({ cost: { cpu: 1.4, overloaded: true, children: 3 } });
    expect(screen.getByText(/This device has too much to do/)).toBeTruthy();
    await user.click(button('Stop sharing'));
    expect(share.asked).toEqual([['stop']]);
  });
});

describe('who receives', () => {
  const role = { kind: 'receiving', from: 'Ada', parent: null, connected: true } as const;

  test('sees from whom, through whom, in which way and what was saved', async () => {
    show({ role: { ...role, connected: false } });
    expect(screen.getByText('From Ada')).toBeTruthy();
    expect(screen.getByText('Connecting. Until then the pictures come over the internet.')).toBeTruthy();
    await become({ role });
    expect(screen.getByText('No pictures at the moment')).toBeTruthy();
    await become({
      role: { ...role, parent: 'Bob' },
      received: [lanStream('p2', 'Bob'), lanStream('p3', 'Cid', { state: 'starting' })],
      savedBytes: 3_400_000,
    });
    expect(screen.getByText('From Ada, through Bob')).toBeTruthy();
    expect(screen.getByText('1 picture · passed on unchanged')).toBeTruthy();
    expect(screen.getByText('3.4 MB came over this network instead of the internet.')).toBeTruthy();
    await become({ received: [lanStream('p2', 'Bob'), lanStream('p3', 'Cid', { way: 'transcoded' })] });
    expect(screen.getByText('2 pictures · partly compressed anew')).toBeTruthy();
    await user.click(button('Stop receiving'));
    expect(share.asked).toEqual([['stop']]);
  });

  test('and hands it on, sees what that takes, and puts nobody out', () => {
    show({
      role,
      cost: { cpu: 0.002, overloaded: false, children: 1 },
      members: [
        member(9, 'Ada'),
        member(1, 'Me', { isSelf: true, parent: 9, depth: 1 }),
        member(2, 'Bob', { parent: 1, depth: 2 }),
      ],
    });
    expect(screen.getByText('Sending takes about 1% of one processor core.')).toBeTruthy();
    expect(part('Who receives from whom').getByText('Shares')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Put/ })).toBeNull();
  });
});

test.each(Object.keys(en.share.problem) as ShareProblem[])('%s is told with what to do', async (problem) => {
  show();
  await become({ problem });
  const told = document.querySelector(`[data-share-problem="${problem}"]`);
  expect(told?.textContent).toBe(en.share.problem[problem]);
  expect(told?.closest('[role="status"]')).toBeTruthy();
});

test.each([
  [0, '0:00'],
  [-5, '0:00'],
  [1, '0:01'],
  [61_000, '1:01'],
  [120_000, '2:00'],
])('%i ms are %s', (ms, clock) => {
  expect(clockOf(ms)).toBe(clock);
});
