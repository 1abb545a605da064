import type { JoinTicket, Meeting, NewMeeting, UserDetails } from './client';

const KEPT = 'vnet fake meetings';
const LETTERS = '23456789abcdefghjkmnpqrstvwxyz';
const MINUTE = 60_000;

const user: UserDetails = {
  username: 'ada',
  first_name: 'Ada',
  last_name: 'Byron',
  email: 'ada@example.org',
  meeting_name: 'Ada Byron',
  profile_image: '/static/avatar.svg',
};

/** The HTTP API, made up in the browser: for development without a server. What is scheduled lasts as long as the tab. */
export async function fakeFetch(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const text = request.method === 'GET' ? '' : await request.text();
  const body: unknown = text ? JSON.parse(text) : {};
  if (path.endsWith('/account/get/user-details/')) return Response.json(user);
  if (path.endsWith('/meeting/new/')) return create(body);
  const [, code, join] = /\/meeting\/meetings\/(?:([^/]+)\/)?(join\/)?$/.exec(path) ?? [];
  if (code === undefined) {
    const found = path.endsWith('/meeting/meetings/');
    return found
      ? list(new URL(request.url).searchParams)
      : Response.json({ detail: 'Not found.' }, { status: 404 });
  }
  return one(request.method, code, join !== undefined, body);
}

function one(method: string, spelling: string, isJoin: boolean, body: unknown): Response {
  const code = decodeURIComponent(spelling)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const meetings = load();
  const meeting = meetings.find((known) => known.meeting_id === code);
  if (!meeting) return Response.json({ message: 'Meeting not found' }, { status: 404 });
  if (isJoin) return Response.json(ticket(meeting));
  if (method === 'DELETE') {
    save(meetings.filter((known) => known !== meeting));
    return new Response(null, { status: 204 });
  }
  if (method !== 'PATCH') return Response.json(meeting);
  const changed = { ...meeting, ...(body as Partial<NewMeeting>) };
  const faults = faultsOf(changed);
  if (faults) return Response.json(faults, { status: 400 });
  save(meetings.map((known) => (known === meeting ? changed : known)));
  return Response.json(changed);
}

function create(body: unknown): Response {
  const faults = faultsOf(body as Partial<NewMeeting>);
  if (faults) return Response.json(faults, { status: 400 });
  const meeting = meetingOf(body as NewMeeting);
  save([...load(), meeting]);
  return Response.json(meeting, { status: 201 });
}

/** A page of ten, so that paging shows. */
function list(query: URLSearchParams): Response {
  const now = Date.now();
  const isOver = ({ end_time }: Meeting) => end_time !== null && Date.parse(end_time) < now;
  const [notOver, over] = ['not_over', 'over'].map((name) => Boolean(Number(query.get(name))));
  const all = load().filter((meeting) => (isOver(meeting) ? !notOver : !over));
  const order = query.get('order') ?? '';
  if (order.endsWith('start')) all.sort((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time));
  if (order.startsWith('-')) all.reverse();
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Math.min(Number(query.get('limit') ?? 10), 10);
  const next = to < all.length ? { next: String(to) } : {};
  return Response.json({ meetings: all.slice(from, to), ...next });
}

function faultsOf({
  title,
  notes,
  start_time,
  end_time,
}: Partial<NewMeeting>): Record<string, string[]> | null {
  const faults: Record<string, string[]> = {};
  if (!title?.trim()) faults['title'] = ['This field is required.'];
  else if ([...title].length > 100) faults['title'] = ['Ensure this field has no more than 100 characters.'];
  if (!notes?.trim()) faults['notes'] = ['This field is required.'];
  if (!start_time) faults['start_time'] = ['This field is required.'];
  else if (end_time && Date.parse(end_time) <= Date.parse(start_time)) {
    faults['end_time'] = ['The meeting must end after it starts.'];
  }
  return Object.keys(faults).length > 0 ? faults : null;
}

function meetingOf({ title, notes, start_time, end_time = null }: NewMeeting): Meeting {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const meeting_id = [...random].map((number) => LETTERS[number % LETTERS.length]).join('');
  const { email: _, ...host } = user;
  return {
    title,
    notes,
    start_time: new Date(start_time).toISOString(),
    end_time: end_time && new Date(end_time).toISOString(),
    meeting_uuid: crypto.randomUUID(),
    meeting_id,
    meeting_url: `/meeting/meetings/${meeting_id}/`,
    host: { ...host, email: user.email },
  };
}

function ticket(meeting: Meeting): JoinTicket {
  return {
    provider: 'sfu',
    url: `ws://localhost/vnet/sfu/${meeting.meeting_id}/`,
    ticket: 'made up',
    expires_on: new Date(Date.now() + MINUTE).toISOString(),
    ice_servers: [],
    display_name: user.meeting_name,
    role: 'host',
  };
}

function load(): Meeting[] {
  const kept = sessionStorage.getItem(KEPT);
  if (kept) return JSON.parse(kept) as Meeting[];
  const some = firstMeetings();
  save(some);
  return some;
}

function save(meetings: readonly Meeting[]): void {
  sessionStorage.setItem(KEPT, JSON.stringify(meetings));
}

/** One that runs, one that is over, some to come. */
function firstMeetings(): Meeting[] {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const at = (title: string, minutes: number, length: number | null) => {
    const start = now + minutes * MINUTE;
    const end_time = length === null ? null : new Date(start + length * MINUTE).toISOString();
    return meetingOf({
      title,
      notes: `What ${title} is about.`,
      start_time: new Date(start).toISOString(),
      end_time,
    });
  };
  return [
    at('Retrospective', -26 * 60, 60),
    at('Stand-up', -5, 15),
    at('Review of the design', 45, 60),
    at('Planning with everybody who has something to say about the next quarter', 24 * 60, 90),
    at('Open house', 3 * 24 * 60, null),
  ];
}
