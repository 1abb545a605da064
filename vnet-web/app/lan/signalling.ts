import { readSignal, type Signal } from './messages';

/** Why the socket is closed for good. */
export type SignallingEnd = 'taken' | 'signed-out' | 'unreachable' | 'refused';

export interface SignallingEvents {
  signal(signal: Signal): void;
  /** The socket is lost and will be there again; what is connected directly goes on meanwhile. */
  lost(): void;
  ended(end: SignallingEnd): void;
}

/** Waiting times before the next attempt, in milliseconds. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 8_000];

const ENDS: Readonly<Record<number, SignallingEnd>> = {
  1003: 'refused',
  1007: 'refused',
  1009: 'refused',
  4401: 'signed-out',
  4409: 'taken',
  4429: 'refused',
};

/** The address of a code's room, without the echo of one's own messages. */
export function roomAddress(server: string, code: string, page: string): string {
  const address = new URL(`${server}${code}/`, page);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  address.searchParams.set('echo', 'off');
  return address.href;
}

/** The one socket to the room of a code. It comes back by itself when it breaks. */
export class Signalling {
  readonly #address: string;
  readonly #events: SignallingEvents;
  readonly #open: (address: string) => WebSocket;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #ended = false;

  constructor(address: string, events: SignallingEvents, open = (to: string) => new WebSocket(to)) {
    this.#address = address;
    this.#events = events;
    this.#open = open;
    this.#connect();
  }

  /** Says it if the socket is open; what is not heard is offered anew when somebody enters. */
  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #connect(): void {
    const socket = this.#open(this.#address);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      if (this.#ended || socket !== this.#socket) return;
      const signal = readSignal(String(data));
      if (signal?.type === 'connected') this.#attempts = 0;
      if (signal) this.#events.signal(signal);
    });
    socket.addEventListener('close', ({ code }) => {
      if (!this.#ended && socket === this.#socket) this.#closed(code);
    });
  }

  #closed(code: number): void {
    this.#socket = null;
    const pause = PAUSES[this.#attempts];
    const end = ENDS[code] ?? (pause === undefined ? 'unreachable' : null);
    if (end) {
      this.#ended = true;
      this.#events.ended(end);
      return;
    }
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#connect(), pause);
    this.#events.lost();
  }
}
