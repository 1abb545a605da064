import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../generated/openapi';
import type { Shell } from '../shell';

export type UserDetails = components['schemas']['UserDetails'];
export type Meeting = components['schemas']['Meeting'];
export type MeetingList = components['schemas']['MeetingList'];
export type MeetingHost = components['schemas']['Person'];
export type NewMeeting = components['schemas']['NewMeeting'];
export type JoinTicket = components['schemas']['JoinTicket'];

/** A refusal of the server. */
export class ApiError extends Error {
  readonly status: number;
  /** Per field of a form, what is wrong with it. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | null;

  constructor(status: number, body: unknown, retryAfter: number | null) {
    super(sentence(body) ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fieldsOf(body);
    this.retryAfter = retryAfter;
  }
}

function sentence(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { detail, message } = body as { detail?: unknown; message?: unknown };
  if (typeof detail === 'string') return detail;
  return typeof message === 'string' ? message : null;
}

function fieldsOf(body: unknown): Record<string, string[]> {
  if (typeof body !== 'object' || body === null) return {};
  const lists = Object.entries(body).filter(([, value]) => Array.isArray(value));
  return Object.fromEntries(lists.map(([name, value]) => [name, (value as unknown[]).map(String)]));
}

export type Api = Client<paths>;

export function makeApi(shell: Shell): Api {
  const prefix = shell.meetingsUrl.replace(/\/meeting\/meetings\/$/, '');
  const client = createClient<paths>({
    baseUrl: `${location.origin}${prefix}`,
    headers: { Accept: 'application/json' },
    ...(shell.fake && { fetch: async (request: Request) => (await import('./fake')).fakeFetch(request) }),
  });
  client.use({
    async onResponse({ response }) {
      if (response.ok) return;
      const body: unknown = await response.json().catch(() => null);
      const after = Number(response.headers.get('Retry-After'));
      throw new ApiError(response.status, body, after > 0 ? after : null);
    },
  });
  return client;
}

/** The answer of a request that did not throw. */
export function dataOf<T>({ data }: { data?: T }): T {
  if (data === undefined) throw new ApiError(0, { detail: 'the server answered with nothing' }, null);
  return data;
}
