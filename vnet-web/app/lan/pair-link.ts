import { candidate, type SharedStream, type Signal } from './messages';
import { type MakeConnection, Peer } from './peer';
import { Signalling, type SignallingEnd } from './signalling';

/** Milliseconds in which two on one network find each other, or never. */
const PATIENCE = 20_000;
/** Milliseconds that a connection may stand still before it is tried anew. */
const STILL = 5_000;

export type LinkPhase =
  /** The server is being reached. */
  | 'opening'
  /** Nobody else is there. */
  | 'waiting'
  | 'connecting'
  | 'connected';

/** What is wrong, as long as it is. */
export type LinkProblem =
  | SignallingEnd
  /** They do not reach each other: another network, or devices on it may not talk. */
  | 'blocked'
  /** Somebody is there who does not share. */
  | 'no-offer'
  /** The other side went away. */
  | 'gone';

export interface LinkState {
  readonly phase: LinkPhase;
  readonly problem: LinkProblem | null;
  /** What the other side calls itself. */
  readonly peer: string | null;
  /** Whether it is over: nothing is tried any more. */
  readonly over: boolean;
}

export interface LinkOptions {
  /** The address of the code's room. */
  readonly address: string;
  /** What one is called. */
  readonly name: string;
  readonly iceServers?: RTCIceServer[];
  readonly changed: () => void;
  readonly openSocket?: (address: string) => WebSocket;
  readonly makeConnection?: MakeConnection;
}

/** What both sides of a pair have in common: one socket, one connection at a time, and its states. */
export abstract class PairLink {
  protected readonly name: string;
  protected peer: Peer | null = null;
  readonly #options: LinkOptions;
  readonly #signalling: Signalling;
  #state: LinkState = { phase: 'opening', problem: null, peer: null, over: false };
  #patience: ReturnType<typeof setTimeout> | undefined;
  #still: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.name = options.name;
    const events = {
      signal: (signal: Signal) => this.#hear(signal),
      lost: () => this.#lost(),
      ended: (end: SignallingEnd) => this.#ended(end),
    };
    this.#signalling = new Signalling(options.address, events, options.openSocket);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Ends everything; nothing is told afterwards. */
  close(): void {
    this.drop();
    this.#signalling.close();
    this.#state = { ...this.#state, over: true };
  }

  /** A connection begins: somebody is there. */
  protected abstract begin(peer: Peer): void;
  /** What the other side says about the connection. */
  protected abstract told(peer: Peer, signal: Signal): Promise<void>;
  /** The connection stands still: try anew if it is on this side to do so. */
  protected abstract revive(): void;
  /** The connection is gone, with all that belongs to it. */
  protected abstract dropped(): void;

  protected say(text: string): void {
    this.#signalling.send(text);
  }

  protected changed(): void {
    if (!this.#state.over) this.#options.changed();
  }

  protected become(change: Partial<LinkState>): void {
    if (this.#state.over) return;
    this.#state = { ...this.#state, ...change };
    this.#options.changed();
  }

  /** Something must have happened by then; otherwise it is given up with this problem. */
  protected expect(problem: LinkProblem): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.fail(problem), PATIENCE);
  }

  protected fail(problem: LinkProblem): void {
    this.drop();
    this.become({ phase: 'waiting', problem });
  }

  protected drop(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#still);
    const { peer } = this;
    this.peer = null;
    peer?.close();
    if (peer) this.dropped();
  }

  #hear(signal: Signal): void {
    if (signal.type === 'connected') {
      if (signal.peers === 2) this.#meet();
      else if (!this.#isUp()) this.become({ phase: 'waiting', problem: null, peer: null });
      return;
    }
    if (signal.type === 'disconnected') {
      // What is connected directly does not need the server.
      if (!this.#isUp()) this.fail('gone');
      return;
    }
    if ('from' in signal && signal.from !== null && signal.type !== 'candidate') {
      if (this.#state.peer !== signal.from && this.hearsFrom(signal)) this.become({ peer: signal.from });
    }
    const { peer } = this;
    if (!peer) return;
    const heard = signal.type === 'candidate' ? peer.hear(signal.candidate) : this.told(peer, signal);
    heard.catch(() => {
      if (peer === this.peer) this.fail('blocked');
    });
  }

  /** Whether a message is the other side's: a server that echoes sends one's own back. */
  protected abstract hearsFrom(signal: Signal): boolean;

  #meet(): void {
    this.drop();
    const peer: Peer = new Peer(
      this.#options.makeConnection ?? ((configuration) => new RTCPeerConnection(configuration)),
      { iceServers: this.#options.iceServers ?? [] },
      {
        candidate: (init) => this.say(candidate(init, this.name)),
        state: (state) => {
          if (peer === this.peer) this.#moved(state);
        },
      },
    );
    this.peer = peer;
    this.become({ phase: 'connecting', problem: null });
    this.begin(peer);
  }

  #moved(state: RTCPeerConnectionState): void {
    clearTimeout(this.#still);
    if (state === 'connected') {
      clearTimeout(this.#patience);
      this.become({ phase: 'connected', problem: null });
    } else if (state === 'disconnected') {
      this.#still = setTimeout(() => this.revive(), STILL);
    } else if (state === 'failed') {
      if (this.#state.phase === 'connected') {
        this.become({ phase: 'connecting' });
        this.expect('gone');
        this.revive();
      } else {
        this.fail('blocked');
      }
    } else if (state === 'closed') {
      this.fail('gone');
    }
  }

  #lost(): void {
    if (!this.#isUp()) {
      this.drop();
      this.become({ phase: 'opening' });
    }
  }

  #ended(problem: SignallingEnd): void {
    // Who is connected directly stays so; changes cannot be agreed on any more.
    if (this.#isUp() && problem !== 'signed-out') return;
    this.drop();
    this.become({ phase: 'waiting', problem, over: true });
  }

  #isUp(): boolean {
    return this.peer?.connection.connectionState === 'connected';
  }
}

export const sameStreams = (one: readonly SharedStream[], other: readonly SharedStream[]): boolean => {
  const ids = new Set(other.map(({ id }) => id));
  return one.length === other.length && one.every(({ id }) => ids.has(id));
};
