import type { ServerMessage } from '../../generated/sfu-protocol';
import { ConferenceError } from '../conference';
import type { Ask } from './protocol';

/** Whatever is asked is answered within this, or the connection is dead without knowing, in milliseconds. */
export const ANSWER_WITHIN = 8_000;
/** Who hears nothing for so long asks whether the connection still leads anywhere. */
export const QUIET = 15_000;

export interface SocketHandlers {
  /** A message: one after the other, also when one takes time. */
  hear(message: ServerMessage): Promise<void> | void;
  /** It is over; said once, after everything that was heard before. */
  closed(code: number, reason: string): void;
  /** Hearing a message failed: a mistake of this program. */
  fault(error: unknown): void;
}

interface Pending {
  done(message: ServerMessage): void;
  failed(error: ConferenceError): void;
}

const notConnected = () => new ConferenceError('not_connected', 'The connection to the meeting is lost.');

/** One connection to the server: numbers of requests, answers, order, and noticing that it is dead. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #handlers: SocketHandlers;
  readonly #pending = new Map<number, Pending>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #nextId = 1;
  #heard = 0;
  #over = false;
  #before: Promise<void> = Promise.resolve();

  /** Connects and says `first`, whose answer is heard like everything else. */
  constructor(url: string, first: Ask, handlers: SocketHandlers) {
    this.#handlers = handlers;
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener('open', () => {
      this.#heard = performance.now();
      // A refusal is followed by a close code, which says how to go on.
      this.request(first).catch(() => {});
      this.#listen();
    });
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason));
    this.#after(ANSWER_WITHIN, () => {
      if (this.#socket.readyState === WebSocket.CONNECTING) this.drop('no connection');
    });
  }

  /** Whether what is said now goes out. */
  get isOpen(): boolean {
    return !this.#over && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Says something; resolves with the answer, after everything that came before it was heard. */
  request(ask: Ask): Promise<ServerMessage> {
    if (!this.isOpen) return Promise.reject(notConnected());
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<ServerMessage>((done, failed) => this.#pending.set(id, { done, failed }));
    this.#socket.send(JSON.stringify({ ...ask, id }));
    const sent = performance.now();
    this.#after(ANSWER_WITHIN, () => {
      if (this.#pending.has(id) && this.#heard < sent) this.drop('no answer');
    });
    return answer;
  }

  /** Gives up a connection that may not notice for minutes that it leads nowhere. */
  drop(reason: string): void {
    this.#socket.close();
    this.#end(1006, reason);
  }

  /** Closes, after saying a last word; nothing is heard any more. */
  close(last: Ask | null): void {
    if (this.#over) return;
    if (last) this.request(last).catch(() => {});
    this.#over = true;
    this.#clear();
    this.#socket.close(1000);
  }

  #receive(data: unknown): void {
    this.#heard = performance.now();
    this.#then(async () => {
      if (this.#over) return;
      const message = JSON.parse(String(data)) as ServerMessage;
      await this.#handlers.hear(message);
      this.#answer(message);
    });
  }

  #answer(message: ServerMessage): void {
    // Who waits in the lobby is answered when let in.
    if (!('id' in message) || typeof message.id !== 'number' || message.type === 'waiting') return;
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'error') pending?.failed(new ConferenceError(message.code, message.message));
    else pending?.done(message);
  }

  #then(step: () => Promise<void> | void): void {
    this.#before = this.#before.then(step).catch((error: unknown) => this.#handlers.fault(error));
  }

  #end(code: number, reason: string): void {
    this.#then(() => {
      if (this.#over) return;
      this.#over = true;
      this.#clear();
      this.#handlers.closed(code, reason);
    });
  }

  /** Asks for a sign of life when there was none for long. */
  #listen(): void {
    this.#after(QUIET / 3, () => {
      const isQuiet = performance.now() - this.#heard > QUIET;
      if (isQuiet && this.#pending.size === 0) this.request({ type: 'want', tracks: [] }).catch(() => {});
      this.#listen();
    });
  }

  #after(milliseconds: number, act: () => void): void {
    if (this.#over) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#over) act();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const { failed } of this.#pending.values()) failed(notConnected());
    this.#pending.clear();
  }
}
