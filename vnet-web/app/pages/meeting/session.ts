import { ApiError } from '../../api/client';
import {
  type Conference,
  ConferenceError,
  type ConferenceState,
  type JoinOptions,
  type LeaveReason,
} from '../../conference/conference';
import { Call, type CallOptions } from './call/call';
import { Store } from './call/store';

/** How it was, once one is out. */
export interface Outcome {
  readonly reason: LeaveReason;
  readonly detail: string | null;
  /** `null`: one never was in. */
  readonly durationMs: number | null;
  readonly bytesReceived: number | null;
  readonly bytesSent: number | null;
  /** What came over the local network in the place of the internet. */
  readonly savedBytes: number;
}

export type Phase =
  | { readonly kind: 'setup'; readonly error: string | null }
  | { readonly kind: 'joining' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'in'; readonly call: Call }
  | { readonly kind: 'left'; readonly outcome: Outcome };

export interface SessionOptions extends Omit<CallOptions, 'conference'> {
  readonly create: () => Promise<Conference>;
}

/** How often the figures are looked at that one is shown at the end. */
const FIGURES_EVERY = 5_000;
const NOTHING = { bytesReceived: null, bytesSent: null };

/** One's way through a meeting: setting up, perhaps waiting, being in, being out. */
export class MeetingSession {
  readonly phase = new Store<Phase>({ kind: 'setup', error: null });
  readonly #options: SessionOptions;
  #conference: Conference | null = null;
  #call: Call | null = null;
  #enteredAt: number | null = null;
  #figures: Pick<Outcome, 'bytesReceived' | 'bytesSent'> = NOTHING;
  #stop = () => {};
  readonly #away = () => this.leave();
  /** Counts the attempts, so that one that was given up changes nothing. */
  #attempt = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async join(options: JoinOptions): Promise<void> {
    const { kind } = this.phase.get();
    if (kind === 'joining' || kind === 'waiting' || kind === 'in') return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.phase.set({ kind: 'joining' });
    try {
      const conference = await this.#options.create();
      if (attempt !== this.#attempt) {
        void conference.leave();
        return;
      }
      this.#follow(conference);
      const entered = conference.join(options);
      // After the provider's own, which may keep something for a page that is only loaded anew.
      window.addEventListener('pagehide', this.#away);
      await entered;
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error);
    }
  }

  /** Leaves, or gives up coming in. */
  leave(): void {
    if (this.#conference) {
      void this.#conference.leave();
    } else if (this.phase.get().kind === 'joining') {
      this.#attempt += 1;
      this.phase.set({ kind: 'setup', error: null });
    }
  }

  /** The page is taken down: nothing goes on, and one may begin anew. */
  dispose(): void {
    this.#attempt += 1;
    void this.#conference?.leave();
    this.#release();
    this.#stop();
    this.#call?.share.close();
    this.#conference = null;
    this.#call = null;
    this.phase.set({ kind: 'setup', error: null });
  }

  /** From being out back to the beginning. */
  again(): void {
    if (this.phase.get().kind === 'left') this.phase.set({ kind: 'setup', error: null });
  }

  #follow(conference: Conference): void {
    this.#stop();
    this.#conference = conference;
    this.#call = null;
    this.#enteredAt = null;
    this.#figures = NOTHING;
    let state: ConferenceState | null = null;
    const stop = conference.subscribe(() => {
      const now = conference.snapshot().state;
      if (now === state) return;
      state = now;
      this.#changed(conference, now);
    });
    const timer = setInterval(() => void this.#look(conference), FIGURES_EVERY);
    this.#stop = () => {
      stop();
      clearInterval(timer);
      window.removeEventListener('pagehide', this.#away);
      this.#stop = () => {};
    };
  }

  #changed(conference: Conference, state: ConferenceState): void {
    switch (state.kind) {
      case 'waiting':
        this.phase.set({ kind: 'waiting' });
        break;
      case 'joined':
      case 'reconnecting':
        this.#entered(conference, state.kind);
        break;
      case 'left':
        void this.#out(conference, state);
        break;
      default:
    }
  }

  #entered(conference: Conference, kind: 'joined' | 'reconnecting'): void {
    if (this.#call || kind !== 'joined') return;
    this.#enteredAt = Date.now();
    this.#call = new Call({ ...this.#options, conference });
    this.phase.set({ kind: 'in', call: this.#call });
  }

  async #out(conference: Conference, state: Extract<ConferenceState, { kind: 'left' }>): Promise<void> {
    const attempt = this.#attempt;
    const durationMs = this.#enteredAt === null ? null : Date.now() - this.#enteredAt;
    this.#stop();
    const share = this.#call?.share;
    const savedBytes = share?.state().savedBytes ?? 0;
    share?.close();
    await this.#look(conference);
    if (attempt !== this.#attempt) return;
    // Who could not get in at all may try again with what is set up: `join` has failed, and says why.
    if (durationMs === null && state.reason === 'failed') return;
    this.#release();
    this.phase.set({
      kind: 'left',
      outcome: { reason: state.reason, detail: state.detail, durationMs, ...this.#figures, savedBytes },
    });
  }

  #failed(error: unknown): void {
    const { kind } = this.phase.get();
    if (kind === 'in' || kind === 'left') return;
    const state = this.#conference?.snapshot().state;
    // Refused by the meeting itself: told where one learns of the end.
    if (state?.kind === 'left' && state.reason !== 'failed') return;
    this.#stop();
    this.#conference = null;
    this.phase.set({ kind: 'setup', error: messageOf(error) });
  }

  async #look(conference: Conference): Promise<void> {
    if (this.#enteredAt === null) return;
    try {
      const { bytesReceived, bytesSent } = await conference.statistics();
      // What is over may count from zero.
      this.#figures = {
        bytesReceived: Math.max(bytesReceived, this.#figures.bytesReceived ?? 0),
        bytesSent: Math.max(bytesSent, this.#figures.bytesSent ?? 0),
      };
    } catch {
      // The last ones stay.
    }
  }

  #release(): void {
    if (!this.#conference) return;
    for (const { track } of Object.values(this.#conference.snapshot().local)) track?.stop();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ConferenceError || error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
