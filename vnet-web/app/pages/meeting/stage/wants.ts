import { type Conference, isPicture, type StreamId, type Want } from '../../../conference/conference';

type Priority = NonNullable<Want['priority']>;

/** A place on the page where a stream is shown. */
export interface Place {
  readonly stream: StreamId;
  readonly priority: Priority;
  /** `cover`: cut to fill the place, so more than its width may be needed. */
  readonly fit: 'cover' | 'contain';
  /** Shown outside of the page, as picture-in-picture: it counts when the page is hidden, too. */
  readonly apart?: boolean;
}

interface Watched extends Place {
  readonly element: Element;
  width: number;
  height: number;
  visible: boolean;
}

/** Sizes are rounded up to this many pixels, so that small changes change nothing. */
const STEP = 32;
/** Turning something on is told at once, all else when it has settled. */
const SOON = 40;
const SETTLED = 250;
/** So long pictures go on when nobody sees the page. */
export const HIDDEN_AFTER = 8_000;

/** Pixels that a picture which is handed on has at least, however small it is shown here: others see it larger. */
const HELD_WIDTH = { camera: 640, screen: 1280 } as const;

const RANK: Record<Priority, number> = { tile: 0, speaker: 1, pinned: 2 };

/** The width in physical pixels that a picture of 16:9 needs to fill a place. */
export function widthFor(width: number, height: number, fit: 'cover' | 'contain', ratio: number): number {
  const other = (height * 16) / 9;
  const needed = fit === 'cover' ? Math.max(width, other) : Math.min(width, other);
  return Math.max(STEP, Math.ceil((needed * ratio) / STEP) * STEP);
}

/** Tells the conference which pictures are shown, and how large: from the elements themselves. */
export class WantRegistry {
  readonly #conference: Conference;
  readonly #watched = new Map<Element, Watched>();
  readonly #asked = new Map<StreamId, string>();
  #sizes: ResizeObserver | null = null;
  #sights: IntersectionObserver | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = 0;
  #hiding: ReturnType<typeof setTimeout> | null = null;
  #hidden = false;
  #paused = false;
  /** How many want what is shown to go on when nobody sees it here. */
  #holds = 0;
  #stops: (() => void)[] = [];

  constructor(conference: Conference) {
    this.#conference = conference;
  }

  start(): void {
    this.#sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries)
        this.#resized(target, contentRect.width, contentRect.height);
    });
    this.#sights = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#seen(target, isIntersecting);
    });
    for (const element of this.#watched.keys()) this.#observe(element);
    const visibility = () => this.#pageHidden(document.hidden);
    document.addEventListener('visibilitychange', visibility);
    // Streams that come are off until they are shown; those that go are forgotten.
    const stop = this.#conference.subscribe(() => this.#forget());
    this.#stops = [stop, () => document.removeEventListener('visibilitychange', visibility)];
    this.#pageHidden(document.hidden);
    this.#later(SOON);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#sizes?.disconnect();
    this.#sights?.disconnect();
    this.#sizes = null;
    this.#sights = null;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#hiding) clearTimeout(this.#hiding);
    this.#timer = null;
    this.#hiding = null;
  }

  /** Shows a stream in an element until the returned function is called. */
  show(element: Element, place: Place): () => void {
    const before = this.#watched.get(element);
    const { width, height } = before ?? element.getBoundingClientRect();
    this.#watched.set(element, { ...place, element, width, height, visible: before?.visible ?? true });
    this.#observe(element);
    this.#later(SOON);
    return () => {
      if (this.#watched.get(element)?.stream !== place.stream) return;
      this.#watched.delete(element);
      this.#sizes?.unobserve(element);
      this.#sights?.unobserve(element);
      this.#later(SETTLED);
    };
  }

  /** No pictures at all, or as they are shown. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#later(SOON);
  }

  /**
   * Until the returned function is called, what is shown is handed on to others: it stays wanted when nobody sees
   * the page, and in a size that is of use to them.
   */
  hold(): () => void {
    let isHeld = true;
    this.#holds += 1;
    this.#later(SOON);
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      this.#later(SETTLED);
    };
  }

  #observe(element: Element): void {
    // Observers of this page see nothing of another window.
    if (this.#watched.get(element)?.apart) return;
    this.#sizes?.observe(element);
    this.#sights?.observe(element);
  }

  #resized(element: Element, width: number, height: number): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    watched.width = width;
    watched.height = height;
    this.#later(SETTLED);
  }

  #seen(element: Element, visible: boolean): void {
    const watched = this.#watched.get(element);
    if (!watched || watched.visible === visible) return;
    watched.visible = visible;
    this.#later(visible ? SOON : SETTLED);
  }

  #pageHidden(hidden: boolean): void {
    if (this.#hiding) clearTimeout(this.#hiding);
    this.#hiding = null;
    if (hidden) {
      this.#hiding = setTimeout(() => {
        this.#hidden = true;
        this.#later(0);
      }, HIDDEN_AFTER);
      return;
    }
    if (this.#hidden) {
      this.#hidden = false;
      this.#later(0);
    }
  }

  #forget(): void {
    const present = new Set(this.#conference.snapshot().streams.map((stream) => stream.id));
    for (const id of this.#asked.keys()) if (!present.has(id)) this.#asked.delete(id);
    for (const { stream } of this.#watched.values()) {
      if (present.has(stream) && !this.#asked.has(stream)) this.#later(SOON);
    }
  }

  #later(pause: number): void {
    const due = Date.now() + pause;
    if (this.#timer) {
      if (due >= this.#due) return;
      clearTimeout(this.#timer);
    }
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, pause);
  }

  /** What is wanted of each picture, from all places where it is shown. */
  wanted(): Map<StreamId, Want> {
    const wants = new Map<StreamId, Want>();
    const held = new Map<StreamId, number>();
    for (const { id, source } of this.#conference.snapshot().streams) {
      if (!isPicture(source)) continue;
      wants.set(id, { on: false });
      if (this.#holds > 0) held.set(id, source === 'screen' ? HELD_WIDTH.screen : HELD_WIDTH.camera);
    }
    if (this.#paused) return wants;
    const ratio = window.devicePixelRatio || 1;
    for (const { stream, priority, fit, width, height, visible, apart } of this.#watched.values()) {
      const before = wants.get(stream);
      const least = held.get(stream) ?? 0;
      if (!before || !visible || (this.#hidden && !apart && least === 0)) continue;
      const needed = widthFor(width, height, fit, ratio);
      const lowest = before.priority ?? priority;
      wants.set(stream, {
        on: true,
        width: Math.max(needed, least, before.width ?? 0),
        priority: RANK[priority] > RANK[lowest] ? priority : lowest,
      });
    }
    return wants;
  }

  #tell(): void {
    if (this.#stops.length === 0) return;
    const changed = new Map<StreamId, Want>();
    for (const [stream, want] of this.wanted()) {
      const text = JSON.stringify(want);
      // Pictures are off at first.
      const before = this.#asked.get(stream) ?? '{"on":false}';
      if (before !== text) changed.set(stream, want);
      this.#asked.set(stream, text);
    }
    if (changed.size > 0) this.#conference.want(changed);
  }
}
