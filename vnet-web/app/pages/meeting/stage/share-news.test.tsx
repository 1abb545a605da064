import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeShare, member } from '../../../lan/share/fake-share';
import type { ShareState } from '../../../lan/share/types';
import { enter, prepare, restore } from '../test/harness';
import { SUGGEST_AFTER } from './use-share-news';

beforeEach(prepare);
afterEach(() => {
  vi.useRealTimers();
  restore();
});

const messages = () => within(screen.getByRole('region', { name: 'Messages' }));
const button = (name: string) => messages().getByRole('button', { name });
const said = () => document.querySelector('p[aria-live="polite"]')?.textContent;

async function meet(state: Partial<ShareState> = {}, people = 1) {
  const share = new FakeShare(state);
  const entered = await enter({ people }, { makeShare: () => share });
  const become = (change: Partial<ShareState>) => act(async () => share.become(change));
  return { ...entered, share, become };
}

const asks = (device: number, name: string, viewer = false) =>
  ({ device, name, by: 'code', viewer }) as const;

describe('who asks to receive', () => {
  test('is allowed or refused with one click', async () => {
    const { share, become, user } = await meet();
    await become({ asked: [asks(7, 'Bob')] });
    expect(messages().getByText('Bob asks to receive the pictures from you')).toBeTruthy();
    expect(said()).toBe('Bob asks to receive the pictures from you');
    await user.click(button('Allow'));
    expect(share.asked).toEqual([['admit', 7]]);
    await become({ asked: [asks(8, 'Hall', true)] });
    expect(
      messages().getByText('The second screen “Hall” asks to receive the pictures from you'),
    ).toBeTruthy();
    await user.click(button('Refuse'));
    expect(share.asked.at(-1)).toEqual(['refuse', 8]);
    expect(messages().queryByText(/asks to receive/)).toBeNull();
  });

  test('is counted when there are several, and looked at in the panel', async () => {
    const { become, user } = await meet({ role: { kind: 'sharing', code: '123456', expiresAt: Date.now() } });
    await become({ asked: [asks(7, 'Bob'), asks(8, 'Cid')] });
    expect(messages().getByText('2 devices ask to receive the pictures from you')).toBeTruthy();
    await user.click(button('Look'));
    expect(messages().queryByText(/ask to receive/)).toBeNull();
    expect(await screen.findByRole('button', { name: 'Allow Bob to receive' })).toBeTruthy();
    // Whoever looks at it is not told above it, but hears of who comes.
    await become({ asked: [asks(7, 'Bob'), asks(8, 'Cid'), asks(9, 'Dan')] });
    expect(messages().queryByText(/ask to receive/)).toBeNull();
    expect(said()).toBe('3 devices ask to receive the pictures from you');
  });

  test('is told no more once the question is void', async () => {
    const { become } = await meet();
    await become({ asked: [asks(7, 'Bob')] });
    await become({ asked: [] });
    expect(messages().queryByText(/asks to receive/)).toBeNull();
  });
});

describe('an invitation', () => {
  const invitation = { share: 5, name: 'Bob' };

  test('is taken with one click', async () => {
    const { share, become, user } = await meet();
    await become({ invitation });
    expect(said()).toBe('Bob offers you the pictures over your network.');
    await user.click(button('Receive'));
    expect(share.asked).toEqual([['ask', 5]]);
    expect(messages().queryByText(/offers you/)).toBeNull();
  });

  test('is declined with one click', async () => {
    const { share, become, user } = await meet();
    await become({ invitation });
    await user.click(button('Not now'));
    expect(share.asked).toEqual([['decline', 5]]);
  });

  test('may be taken by who offers, too, as long as nobody receives', async () => {
    const { share, become, user } = await meet();
    await act(async () => share.open());
    await become({ invitation });
    await user.click(button('Receive'));
    expect(share.asked).toEqual([['open'], ['stop'], ['ask', 5]]);
  });

  test('does not disturb who shares already', async () => {
    const { share, become } = await meet();
    await act(async () => share.open());
    await become({ members: [member(1, 'Me', { isSelf: true }), member(2, 'Cid', { parent: 1, depth: 1 })] });
    await become({ invitation });
    expect(messages().queryByText(/offers you/)).toBeNull();
  });

  test('goes when it is void', async () => {
    const { become } = await meet();
    await become({ invitation });
    await become({ invitation: null });
    expect(messages().queryByText(/offers you/)).toBeNull();
  });
});

describe('somebody nearby', () => {
  const bob = { device: 2, name: 'Bob', invited: false };
  const later = () => act(() => vi.advanceTimersByTimeAsync(SUGGEST_AFTER));

  test('is suggested once, a while after one came in, and invited with one click', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { share, become, user } = await meet({ nearby: [bob] });
    expect(messages().queryByText(/is on your network/)).toBeNull();
    await later();
    expect(messages().getByText(/^Bob is on your network. Share the pictures/)).toBeTruthy();
    await user.click(button('Share'));
    expect(share.asked).toEqual([['invite', 2], ['open']]);
    await act(async () => share.stop());
    await become({ nearby: [bob, { device: 3, name: 'Cid', invited: false }] });
    expect(messages().queryByText(/on your network/)).toBeNull();
  });

  test('with others is invited together with them', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { share, user } = await meet({ nearby: [bob, { device: 3, name: 'Cid', invited: false }] });
    await later();
    expect(messages().getByText(/^Bob and 1 more are on your network/)).toBeTruthy();
    await user.click(button('Share'));
    expect(share.asked.filter(([what]) => what === 'invite')).toEqual([
      ['invite', 2],
      ['invite', 3],
    ]);
  });

  test('who shares already is asked instead', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { share, user } = await meet({ shares: [{ share: 9, name: 'Bob', receivers: 1, known: false }] });
    await later();
    await user.click(button('Receive'));
    expect(share.asked).toEqual([['ask', 9]]);
  });

  test('is no reason when there is nothing to share, and is one when there is', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { script, room } = await meet({ nearby: [bob] }, 0);
    await later();
    expect(messages().queryByText(/on your network/)).toBeNull();
    await script(() => room.add('Ada Byron'));
    expect(messages().getByText(/^Bob is on your network/)).toBeTruthy();
  });

  test('is not suggested beside an invitation, and not for long', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { become } = await meet({ nearby: [bob] });
    await later();
    await become({ invitation: { share: 5, name: 'Bob' } });
    expect(messages().queryByText(/is on your network/)).toBeNull();
    expect(messages().getByText(/offers you/)).toBeTruthy();
  });
});

test('who begins to receive is read out', async () => {
  const { share, become } = await meet();
  await act(async () => share.open());
  await become({ members: [member(1, 'Me', { isSelf: true }), member(2, 'Bob', { parent: 1, depth: 1 })] });
  expect(said()).toBe('Bob receives the pictures from you.');
});

describe('what is wrong with sharing', () => {
  test('is told where nobody looks at the panel, and leads there', async () => {
    const { become, user } = await meet();
    await become({ problem: 'left' });
    const words = 'The one who shared has left. The meeting goes on over the internet; you may share now.';
    expect(messages().getByText(words)).toBeTruthy();
    expect(said()).toBe(words);
    await become({ problem: 'multicast' });
    expect(messages().queryByText(words)).toBeNull();
    expect(messages().getByText(/multicast DNS/)).toBeTruthy();
    await user.click(button('Look'));
    expect(messages().queryByText(/multicast DNS/)).toBeNull();
    const inPanel = () => document.querySelector('[data-share-problem="multicast"]');
    await waitFor(() => expect(inPanel()).toBeTruthy());
  });

  test('is told no more once it is mended', async () => {
    const { become } = await meet({ problem: 'blocked' });
    expect(messages().getByText(/do not reach each other/)).toBeTruthy();
    await become({ problem: null });
    expect(messages().queryByText(/do not reach each other/)).toBeNull();
  });
});
