import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeShare, lanStream } from '../../lan/share/fake-share';
import type { ShareState } from '../../lan/share/types';
import { answerWith, open, person } from '../../test/page';
import { prepare, restore } from '../meeting/test/harness';
import { type MakeViewer, ViewerContext } from './viewer';
import { Component } from './watch';

let made: FakeShare[];
let asked: Request[];
const makeViewer = vi.fn<MakeViewer>();

beforeEach(() => {
  prepare();
  localStorage.clear();
  location.hash = '';
  asked = answerWith({});
  made = [];
  makeViewer.mockReset().mockImplementation(() => {
    const share = new FakeShare();
    made.push(share);
    return share;
  });
});

afterEach(() => {
  cleanup();
  restore();
});

const routes = [
  {
    path: '/watch',
    element: (
      <ViewerContext value={makeViewer}>
        <Component />
      </ViewerContext>
    ),
  },
];
const show = () => open(routes, '/watch');
const become = (change: Partial<ShareState>) => act(async () => made.at(-1)?.become(change));
const code = () => screen.getByRole('textbox', { name: 'Code' });
const RECEIVING = { role: { kind: 'receiving', from: 'Ada', parent: null, connected: true } } as const;

async function watch(state: Partial<ShareState> = {}) {
  await show();
  await person.type(code(), '482913{Enter}');
  await become({ ...RECEIVING, ...state });
}

test('asks with a code and a name, without an account, and waits', async () => {
  const page = await show();
  expect(document.title).toBe('VNET | Second screen');
  await person.type(code(), '12{Enter}');
  expect(screen.getByText('A code has six digits.')).toBeTruthy();
  expect(document.activeElement).toBe(code());
  await person.clear(code());
  const name = screen.getByRole('textbox', { name: 'Name of this screen' }) as HTMLInputElement;
  expect(name.value).toBe('Second screen');
  await person.clear(name);
  await person.type(code(), '482 913{Enter}');
  expect(screen.getByText('Give this screen a name.')).toBeTruthy();
  await person.type(name, ' Hall {Enter}');
  expect(makeViewer).toHaveBeenCalledExactlyOnceWith({
    server: expect.stringMatching(/\/vnet\/watch\/$/),
    name: 'Hall',
  });
  expect(made[0]?.asked).toEqual([['askByCode', '482913']]);
  const waiting = screen.getByRole('heading', { name: 'Waiting until the one who shares allows it…' });
  expect(document.activeElement).toBe(waiting);
  await person.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(made[0]?.asked.at(-1)).toEqual(['stop']);
  // The name is known the next time.
  expect((screen.getByRole('textbox', { name: 'Name of this screen' }) as HTMLInputElement).value).toBe(
    'Hall',
  );
  expect(asked).toEqual([]);
  page.unmount();
  expect(made[0]?.asked.at(-1)).toEqual(['close']);
});

test('takes the code from its address', async () => {
  location.hash = '#482913';
  await show();
  expect((code() as HTMLInputElement).value).toBe('482913');
});

test.each([
  ['refused', /did not allow it/],
  ['ended', /^Sharing has ended\.$/],
  ['unknown-code', /Nobody shares with this code/],
  ['permission', /does not let this page reach/],
] as const)('%s is told where one tries again', async (problem, words) => {
  await show();
  await person.type(code(), '482913{Enter}');
  await become({ role: { kind: 'idle' }, problem });
  expect(screen.getByText(words)).toBeTruthy();
  await person.type(code(), '{Enter}');
  expect(screen.getByText('A code has six digits.')).toBeTruthy();
  await person.type(code(), '175206{Enter}');
  expect(made).toHaveLength(2);
  expect(made[0]?.asked.at(-1)).toEqual(['close']);
  expect(made[1]?.asked).toEqual([['askByCode', '175206']]);
});

describe('once it is allowed', () => {
  const voice = new MediaStream();

  test('shows everybody, and screens large', async () => {
    await watch({
      received: [
        lanStream('p2', 'Ada'),
        lanStream('p3', 'Bob', { source: 'microphone' }),
        lanStream('p2', 'Ada', { source: 'screen' }),
      ],
    });
    const places = screen
      .getAllByRole('listitem')
      .map((one) => `${one.ariaLabel ?? one.getAttribute('aria-label')} ${one.dataset['place']}`);
    expect(places).toEqual(['Ada strip', 'Bob strip', 'Ada’s screen large']);
    expect(document.querySelectorAll('video')).toHaveLength(2);
    expect([...document.querySelectorAll('video')].every(({ muted }) => muted)).toBe(true);
  });

  test('is silent until somebody wants the sound', async () => {
    await watch({
      received: [
        lanStream('p2', 'Ada', { media: voice }),
        lanStream('p2', 'Ada', { media: voice, source: 'microphone' }),
      ],
    });
    expect(document.querySelector('audio')).toBeNull();
    await person.click(screen.getByRole('button', { name: 'Turn on sound' }));
    expect([...document.querySelectorAll('audio')].map(({ srcObject }) => srcObject)).toEqual([voice]);
    await person.click(screen.getByRole('button', { name: 'Turn off sound' }));
    expect(document.querySelector('audio')).toBeNull();
  });

  test('offers the sound again when the browser lets nothing be heard', async () => {
    const refusal = Object.assign(new Error('no gesture'), { name: 'NotAllowedError' });
    await watch({ received: [lanStream('p2', 'Ada', { source: 'microphone' })] });
    vi.spyOn(HTMLMediaElement.prototype, 'play').mockRejectedValue(refusal);
    await person.click(screen.getByRole('button', { name: 'Turn on sound' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Turn on sound' })).toBeTruthy());
  });

  test('keeps what stands still, and says so', async () => {
    await watch({ received: [lanStream('p2', 'Ada', { state: 'stalled' })] });
    expect(screen.getByRole('img', { name: 'The picture stands still' })).toBeTruthy();
    expect(document.querySelector('video')?.dataset['shown']).toBe('true');
    await become({ received: [] });
    expect(screen.getByText('Nobody shows a picture at the moment.')).toBeTruthy();
  });

  test('ends when one wants', async () => {
    await watch();
    expect(screen.getAllByText('Shared by Ada').length).toBeGreaterThan(0);
    await person.click(screen.getByRole('button', { name: 'Stop watching' }));
    expect(made[0]?.asked.at(-1)).toEqual(['stop']);
    expect(code()).toBeTruthy();
  });
});
