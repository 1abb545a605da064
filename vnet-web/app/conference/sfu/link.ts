import type { ErrorCode, Join, ServerMessage } from '../../generated/sfu-protocol';
import { ConferenceError, type LeaveReason } from '../conference';
import type { TicketSource } from '../create';
import { afterClose, afterNoTicket, Backoff, type Next } from './closing';
import { sayFarewell } from './farewell';
import { type Ask, type SfuTicket, VERSION } from './protocol';
import { Socket } from './socket';

/** Entries that the server refuses in a row before one gives up. */
const MOST_REFUSALS = 6;

export interface LinkHooks {
  /** Makes what is said to enter; called for each entry anew. */
  prepare(ticket: SfuTicket): Promise<Join>;
  hear(message: ServerMessage): Promise<void> | void;
  /** The number of the last event that was heard. */
  lastEvent(): number;
  /** The connection is lost and will come back. */
  lost(): void;
  /** It is over; said once. */
  out(reason: LeaveReason, detail: string | null): void;
  fault(error: unknown): void;
}

/** Keeps one in the meeting as far as the server is concerned: enters, resumes, enters anew. */
export class Link {
  readonly #tickets: TicketSource;
  readonly #hooks: LinkHooks;
  readonly #backoff = new Backoff();
  readonly #ending = new AbortController();
  #socket: Socket | null = null;
  #url = '';
  #session: string | null = null;
  #refused: { readonly code: ErrorCode; readonly message: string } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** What is under way: an older entry must not go on beside a newer one. */
  #turn = 0;

  constructor(tickets: TicketSource, hooks: LinkHooks) {
    this.#tickets = tickets;
    this.#hooks = hooks;
  }

  /** Enters, however long it takes. */
  start(): void {
    void this.#enter();
  }

  request(ask: Ask): Promise<ServerMessage> {
    const lost = new ConferenceError('not_connected', 'The connection to the meeting is lost.');
    return this.#socket?.request(ask) ?? Promise.reject(lost);
  }

  /** The network is another one: the connection of the old one leads nowhere. */
  moved(): void {
    if (this.#socket) this.#socket.drop('the network changed');
    else if (this.#timer) this.#again(0);
  }

  /** Leaves; `forReload` keeps what the same page shows when it is loaded anew. */
  leave(forReload = false): void {
    const session = this.#session;
    const isLost = !this.#ending.signal.aborted && !this.#socket?.isOpen;
    if (forReload && session) keep(this.#url, session);
    this.#stop({ type: 'leave' });
    // A page that goes away cannot wait for a connection.
    if (session && isLost && !forReload)
      sayFarewell({ url: this.#url, session, lastEvent: this.#hooks.lastEvent() });
  }

  #stop(last: Ask | null): void {
    this.#turn += 1;
    this.#ending.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#socket?.close(last);
    this.#socket = null;
  }

  async #enter(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#session = null;
    try {
      const ticket = await this.#tickets(this.#ending.signal);
      if (turn !== this.#turn) return;
      if (ticket.provider !== 'sfu') throw new Error(`the meeting is carried by "${ticket.provider}"`);
      const join = await this.#hooks.prepare(ticket);
      if (turn !== this.#turn) return;
      this.#url = new URL(ticket.url, location.href.replace(/^http/, 'ws')).href;
      const replaces = takeKept(this.#url);
      this.#open({ type: 'join', ...join, ...(replaces !== null && { replaces }) });
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#go(afterNoTicket(error), error instanceof Error ? error.message : null, retryAfter(error));
    }
  }

  #open(first: Ask): void {
    this.#refused = null;
    const socket: Socket = new Socket(this.#url, first, {
      hear: (message) => this.#hear(message),
      closed: (code, reason) => this.#closed(socket, code, reason),
      fault: (error) => this.#hooks.fault(error),
    });
    this.#socket = socket;
  }

  async #hear(message: ServerMessage): Promise<void> {
    if (message.type === 'error') this.#refused = { code: message.code, message: message.message };
    if (message.type === 'welcome') this.#session = message.session;
    if (message.type === 'welcome' || message.type === 'resumed') this.#backoff.reset();
    await this.#hooks.hear(message);
  }

  #closed(socket: Socket, code: number, reason: string): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    const next = afterClose(code, this.#refused?.code ?? null, this.#session !== null);
    this.#go(next, this.#refused?.message ?? (reason || null));
  }

  #go(next: Next, detail: string | null, least = 0): void {
    if (next.kind === 'out') {
      this.#stop(null);
      this.#hooks.out(next.reason, detail);
      return;
    }
    if (next.kind === 'anew') this.#session = null;
    if (this.#refused && this.#backoff.attempts >= MOST_REFUSALS) {
      this.#stop(null);
      this.#hooks.out('failed', detail);
      return;
    }
    this.#hooks.lost();
    this.#again(this.#backoff.next(least));
  }

  #again(pause: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#session === null) void this.#enter();
      else
        this.#open({
          type: 'resume',
          version: VERSION,
          session: this.#session,
          last_event: this.#hooks.lastEvent(),
        });
    }, pause);
  }
}

function retryAfter(error: unknown): number {
  const seconds = error instanceof Error && 'retryAfter' in error ? error.retryAfter : null;
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}

const nameOf = (url: string) => `vnet session ${url}`;

/** Remembers who one was, for the same tab after it is loaded anew. */
function keep(url: string, session: string): void {
  try {
    sessionStorage.setItem(nameOf(url), session);
  } catch {
    // A browser that keeps nothing: the server finds out by itself.
  }
}

/** Read once: a copy of the tab is somebody else. */
function takeKept(url: string): string | null {
  try {
    const session = sessionStorage.getItem(nameOf(url));
    sessionStorage.removeItem(nameOf(url));
    return session;
  } catch {
    return null;
  }
}
