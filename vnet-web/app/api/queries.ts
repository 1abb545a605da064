import {
  infiniteQueryOptions,
  queryOptions,
  type UseMutationResult,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useApi } from './api-context';
import { type Api, dataOf, type Meeting, type MeetingList, type NewMeeting } from './client';

/** Meetings that are shown at a time. */
const PAGE = 20;

export const keys = {
  user: ['user'],
  meetings: ['meetings'],
  coming: ['meetings', 'coming'],
  past: ['meetings', 'past'],
  meeting: (code: string) => ['meetings', 'one', code],
} as const;

/** Who is signed in. */
export const userQuery = (api: Api) =>
  queryOptions({
    queryKey: keys.user,
    queryFn: async ({ signal }) => dataOf(await api.GET('/account/get/user-details/', { signal })),
    staleTime: 5 * 60_000,
  });

/** One's own meetings that are not over, the soonest first, a page at a time. */
export const comingQuery = (api: Api) =>
  infiniteQueryOptions({
    ...pages(api, { order: 'start', not_over: 1 }),
    queryKey: keys.coming,
    refetchInterval: 60_000,
  });

/** One's own meetings that are over, the latest first, a page at a time. */
export const pastQuery = (api: Api) =>
  infiniteQueryOptions({ ...pages(api, { order: '-start', over: 1 }), queryKey: keys.past });

type Which = { order: 'start'; not_over: 1 } | { order: '-start'; over: 1 };

/** How a list is read page by page. */
function pages(api: Api, which: Which) {
  return {
    queryFn: async ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) => {
      const query = { ...which, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) };
      return dataOf(await api.GET('/meeting/meetings/', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page: MeetingList) => page.next,
  };
}

/** One meeting, of anybody. */
export const meetingQuery = (api: Api, code: string) =>
  queryOptions({
    queryKey: keys.meeting(code),
    queryFn: async ({ signal }) =>
      dataOf(await api.GET('/meeting/meetings/{code}/', { params: { path: { code } }, signal })),
  });

/** How long after its start a meeting without an end counts as over, as the server has it. */
const OPEN_END_MS = 12 * 3600_000;

export const overAt = (meeting: Meeting): number =>
  meeting.end_time ? Date.parse(meeting.end_time) : Date.parse(meeting.start_time) + OPEN_END_MS;

export const isOver = (meeting: Meeting, now: number): boolean => overAt(meeting) <= now;

export const isRunning = (meeting: Meeting, now: number): boolean =>
  Date.parse(meeting.start_time) <= now && !isOver(meeting, now);

/** Keeps what the server answered, and has the lists read again. */
function useKeep(): (meeting: Meeting) => void {
  const client = useQueryClient();
  return (meeting) => {
    client.setQueryData(keys.meeting(meeting.meeting_id), meeting);
    void client.invalidateQueries({ queryKey: keys.coming });
    void client.invalidateQueries({ queryKey: keys.past });
  };
}

export function useCreateMeeting(): UseMutationResult<Meeting, Error, NewMeeting> {
  const api = useApi();
  const keep = useKeep();
  return useMutation({
    mutationFn: async (body: NewMeeting) => dataOf(await api.POST('/meeting/new/', { body })),
    onSuccess: keep,
  });
}

export function useChangeMeeting(code: string): UseMutationResult<Meeting, Error, NewMeeting> {
  const api = useApi();
  const keep = useKeep();
  return useMutation({
    mutationFn: async (body: NewMeeting) =>
      dataOf(await api.PATCH('/meeting/meetings/{code}/', { params: { path: { code } }, body })),
    onSuccess: keep,
  });
}

export function useDeleteMeeting(): UseMutationResult<void, Error, Meeting> {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ meeting_id: code }: Meeting) => {
      await api.DELETE('/meeting/meetings/{code}/', { params: { path: { code } } });
    },
    onSuccess: (_nothing, { meeting_id: code }) => {
      client.removeQueries({ queryKey: keys.meeting(code) });
      return client.invalidateQueries({ queryKey: keys.meetings });
    },
  });
}
