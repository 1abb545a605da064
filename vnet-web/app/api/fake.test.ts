import { beforeEach, expect, test } from 'vitest';
import { readShell } from '../shell';
import { type Api, ApiError, dataOf, makeApi } from './client';

let api: Api;

beforeEach(() => {
  sessionStorage.clear();
  const root = document.createElement('div');
  root.dataset['fake'] = 'true';
  api = makeApi(readShell(root));
});

const draft = {
  title: 'Stand-up',
  notes: 'Daily',
  start_time: '2026-12-01T10:00:00Z',
  end_time: '2026-12-01T10:30:00Z',
};

test('a meeting is scheduled, found in any spelling, changed and deleted', async () => {
  const made = dataOf(await api.POST('/meeting/new/', { body: draft }));
  const path = { code: made.meeting_id.toUpperCase().replace(/(...)/, '$1-') };
  const found = dataOf(await api.GET('/meeting/meetings/{code}/', { params: { path } }));
  expect(found.meeting_id).toBe(made.meeting_id);
  await api.PATCH('/meeting/meetings/{code}/', { params: { path }, body: { title: 'Later' } });
  const { meetings } = dataOf(await api.GET('/meeting/meetings/'));
  expect(meetings.map((meeting) => meeting.title)).toContain('Later');
  await api.DELETE('/meeting/meetings/{code}/', { params: { path } });
  await expect(api.GET('/meeting/meetings/{code}/', { params: { path } })).rejects.toMatchObject({
    status: 404,
  });
});

test('what is wrong is said per field', async () => {
  const wrong = api.POST('/meeting/new/', {
    body: { ...draft, title: ' ', end_time: '2026-12-01T09:00:00Z' },
  });
  const error = await wrong.catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(ApiError);
  expect(Object.keys((error as ApiError).fields)).toEqual(['title', 'end_time']);
});

test('meetings that are over can be left out, and come by pages', async () => {
  for (let number = 0; number < 9; number += 1)
    await api.POST('/meeting/new/', { body: { ...draft, end_time: null } });
  const query = { not_over: 1, order: 'start' };
  const first = dataOf(await api.GET('/meeting/meetings/', { params: { query } }));
  expect(first.meetings).toHaveLength(10);
  const second = dataOf(
    await api.GET('/meeting/meetings/', { params: { query: { ...query, cursor: first.next ?? '' } } }),
  );
  expect(second.meetings).toHaveLength(3);
  expect(second.next).toBeUndefined();
});

test('those that are over come by themselves, the latest first', async () => {
  for (const [title, year] of Object.entries({ Middle: 2001, Late: 2002, Early: 2000 })) {
    const body = {
      ...draft,
      title,
      start_time: `${year}-01-01T10:00:00Z`,
      end_time: `${year}-01-01T11:00:00Z`,
    };
    await api.POST('/meeting/new/', { body });
  }
  const query = { over: 1, order: '-start' };
  const { meetings } = dataOf(await api.GET('/meeting/meetings/', { params: { query } }));
  expect(meetings.map(({ title }) => title)).toEqual(['Retrospective', 'Late', 'Middle', 'Early']);
});
