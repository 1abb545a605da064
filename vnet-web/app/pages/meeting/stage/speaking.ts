import type { Conference, ParticipantId } from '../../../conference/conference';
import { participantOf } from '../call/people';

/** Quieter than this is nobody's voice. */
const HEARD = 0.02;
/** Between two words one goes on speaking. */
const HOLD = 700;
const STEP = 0.06;

interface Painted {
  readonly participant: ParticipantId;
  level: number;
  until: number;
  speaking: boolean;
}

/**
 * Paints who speaks, and how loud, right onto elements: `data-speaking` and `--level`. Nothing is drawn anew,
 * however often it changes.
 */
export class SpeakingPainter {
  readonly #conference: Conference;
  readonly #painted = new Map<HTMLElement, Painted>();
  #frame = 0;
  #silence: ReturnType<typeof setTimeout> | null = null;

  constructor(conference: Conference) {
    this.#conference = conference;
  }

  start(): () => void {
    const stop = this.#conference.subscribe(() => this.#soon());
    return () => {
      stop();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      if (this.#silence) clearTimeout(this.#silence);
      this.#silence = null;
    };
  }

  watch(element: HTMLElement, participant: ParticipantId): () => void {
    this.#painted.set(element, { participant, level: -1, until: 0, speaking: false });
    this.#soon();
    return () => this.#painted.delete(element);
  }

  #soon(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const snapshot = this.#conference.snapshot();
    const now = performance.now();
    let waits = false;
    for (const [element, painted] of this.#painted) {
      const level = participantOf(snapshot, painted.participant)?.level ?? 0;
      if (level > HEARD) painted.until = now + HOLD;
      const speaking = now < painted.until;
      waits ||= speaking && level <= HEARD;
      if (speaking !== painted.speaking) {
        painted.speaking = speaking;
        element.toggleAttribute('data-speaking', speaking);
      }
      if (Math.abs(level - painted.level) < STEP && !(level === 0 && painted.level > 0)) continue;
      painted.level = level;
      element.style.setProperty('--level', level.toFixed(2));
    }
    if (waits && !this.#silence) {
      this.#silence = setTimeout(() => {
        this.#silence = null;
        this.#soon();
      }, HOLD);
    }
  }
}
