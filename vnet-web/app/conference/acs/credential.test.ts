import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { tokenSource } from './credential';
import { fakeSdk } from './fake-module';
import { FakeService } from './fake-sdk';
import { loadSdk } from './load';
import { Stage, TOKEN_URL, words } from './testing';

beforeAll(words);
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function answers(...list: (Response | Error)[]) {
  const fetch = vi.fn(async (_url: string, _init?: RequestInit) => {
    const next = list.shift();
    if (next instanceof Error || !next) throw next ?? new Error('asked too often');
    return next;
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}
const good = (token: string) => Response.json({ token, expires_on: '2030-01-01T00:00:00Z' });

test('a fresh token comes from the server, by the SDK’s own question', async () => {
  vi.useRealTimers();
  const fetch = answers(good('fresh'));
  const stage = new Stage();
  await stage.conference('ada').join();
  const [credential] = stage.service.credentials;
  expect(credential).toMatchObject({ token: 'ada token', proactive: true });
  expect(await credential?.refresh()).toBe('fresh');
  expect(fetch).toHaveBeenCalledWith(TOKEN_URL, expect.objectContaining({ method: 'POST' }));
  await stage.end();
});

test('it goes on asking while the server is away, and waits as long as it is told to', async () => {
  const fetch = answers(
    new Error('offline'),
    new Response(null, { status: 503, headers: { 'Retry-After': '7' } }),
    good('late'),
  );
  const token = tokenSource(TOKEN_URL, () => {}).fetch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetch).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(6_900);
  expect(fetch).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(await token).toBe('late');
});

test('who is signed out gets none, and is told', async () => {
  const fetch = answers(new Response(null, { status: 401 }));
  const signedOut = vi.fn();
  await expect(tokenSource(TOKEN_URL, signedOut).fetch()).rejects.toMatchObject({ code: 'session-ended' });
  expect(signedOut).toHaveBeenCalledOnce();
  expect(fetch).toHaveBeenCalledOnce();
});

test('nothing is asked any more when it is given up', async () => {
  const fetch = answers(new Error('offline'));
  const source = tokenSource(TOKEN_URL, () => {});
  const token = expect(source.fetch()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(100);
  source.dispose();
  await token;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(fetch).toHaveBeenCalledOnce();
});

test('without the module people learn which command makes it', async () => {
  await expect(loadSdk(null)).rejects.toMatchObject({
    code: 'acs_not_built',
    message: expect.stringContaining('scripts/build-acs-web'),
  });
  const wrong = loadSdk('/static/acs/calling.js', async () => ({ CallClient: class {} }));
  await expect(wrong).rejects.toMatchObject({ code: 'acs_not_built' });
  const away = loadSdk('/static/acs/calling.js', () => Promise.reject(new Error('404')));
  await expect(away).rejects.toMatchObject({ code: 'acs_not_loaded' });
  const sdk = fakeSdk(new FakeService());
  expect(await loadSdk('/static/acs/calling.js', async () => sdk)).toBe(sdk);
});
