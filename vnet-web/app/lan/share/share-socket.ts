import { type Bounds, type Hello, type Request, readEvent, type ServerEvent } from './wire';

/** Waiting times before the next attempt, in milliseconds; the last one holds from there on. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
/** After so many attempts in vain people are told. */
const TELL_AFTER = 3;
/** So many connections in a row that end before a welcome: the server does not want this client. */
const MOST_REFUSALS = 3;

/** Why the socket is closed for good. */
export type SocketEnd = 'signed-out' | 'refused';

/** What the server says beside answers. */
export type ShareEvent = Exclude<ServerEvent, { type: 'welcome' | 'ok' }>;

export interface SocketEvents {
  /** The server knows this device, by a new number each time. */
  welcome(device: number, bounds: Bounds): void;
  /** Errors come here only if no request waits for them. */
  heard(event: ShareEvent): void;
  /** The connection is lost and will come back; nothing of what was agreed on it holds. */
  lost(): void;
  /** It did not come back for a while; it is still tried. */
  away(): void;
  ended(end: SocketEnd): void;
}

/** A refusal of the server: `code` is for programs. */
export class ShareRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ShareRefusal';
    this.code = code;
  }
}

/** The address of a socket of the share protocol, from what the page says. */
export function socketAddress(server: string, page: string): string {
  const address = new URL(server, page);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  return address.href;
}

interface Waiting {
  readonly done: () => void;
  readonly failed: (refusal: ShareRefusal) => void;
}

/** The one socket of a device to the server of shares. It comes back by itself when it breaks. */
export class ShareSocket {
  readonly #address: string;
  readonly #hello: () => Hello;
  readonly #events: SocketEvents;
  readonly #open: (address: string) => WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ending = new AbortController();
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #refusals = 0;
  #welcomed = false;
  #lastId = 0;

  /** @param hello what is said first on each connection */
  constructor(
    address: string,
    hello: () => Hello,
    events: SocketEvents,
    open = (to: string) => new WebSocket(to),
  ) {
    this.#address = address;
    this.#hello = hello;
    this.#events = events;
    this.#open = open;
    // The network is back: no reason to wait any longer.
    addEventListener('online', () => this.#hurry(), { signal: this.#ending.signal });
    this.#connect();
  }

  get isUp(): boolean {
    return this.#welcomed;
  }

  /** Says it if the server is there; what nobody waits for may get lost. */
  send(request: Request): void {
    if (this.#welcomed) this.#socket?.send(JSON.stringify(request));
  }

  /** Says it, and waits until the server has done it; fails with `ShareRefusal`. */
  request(request: Request): Promise<void> {
    if (!this.#welcomed) return Promise.reject(notConnected());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket?.send(JSON.stringify({ ...request, id }));
    });
  }

  close(): void {
    this.#end();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #end(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
    this.#welcomed = false;
    this.#fail();
  }

  #hurry(): void {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect(): void {
    const socket = this.#open(this.#address);
    this.#socket = socket;
    const { signal } = this.#ending;
    const isMine = () => !signal.aborted && socket === this.#socket;
    socket.addEventListener('open', () => {
      if (isMine()) socket.send(JSON.stringify(this.#hello()));
    });
    socket.addEventListener('message', ({ data }) => {
      const event = isMine() ? readEvent(String(data)) : null;
      if (event) this.#hear(event);
    });
    socket.addEventListener('close', ({ code }) => {
      if (isMine()) this.#closed(code);
    });
  }

  #hear(event: ServerEvent): void {
    switch (event.type) {
      case 'welcome':
        this.#welcomed = true;
        this.#attempts = this.#refusals = 0;
        this.#events.welcome(event.device, event.limits);
        break;
      case 'ok':
        this.#take(event.id)?.done();
        break;
      case 'error': {
        const waiting = typeof event.id === 'number' ? this.#take(event.id) : undefined;
        if (waiting) waiting.failed(new ShareRefusal(event.code, event.message));
        else this.#events.heard(event);
        break;
      }
      default:
        this.#events.heard(event);
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** Nobody answers any more what was asked. */
  #fail(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(notConnected());
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#welcomed = false;
    this.#fail();
    // What this program says first is wrong: saying it again would be, too.
    if (code === 4400 || code === 4429) this.#refusals += 1;
    if (code === 4401 || this.#refusals >= MOST_REFUSALS) {
      this.#end();
      this.#events.ended(code === 4401 ? 'signed-out' : 'refused');
      return;
    }
    const pause = PAUSES[Math.min(this.#attempts, PAUSES.length - 1)];
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#connect(), pause);
    this.#events.lost();
    if (this.#attempts === TELL_AFTER) this.#events.away();
  }
}

const notConnected = () => new ShareRefusal('not_connected', 'The server cannot be reached.');
