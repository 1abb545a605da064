import type { SectionMeasure } from './measure';
import type { ShareCost } from './types';

/** Below this part of its source's pace a picture is not kept up with. */
const KEPT_UP = 0.7;
/** So long it must be too much before it counts, in milliseconds. */
const TOO_LONG = 5_000;
/** Compressed frames that wait so long here, in milliseconds, wait for a machine that is too busy. */
const MOST_LAG = 150;
/** So long it must go well, and so little of a core be spent, before one more child is taken. */
const CALM = 60_000;
const LITTLE = 0.4;

/** What one link sends now. */
export interface LinkMeasure {
  readonly link: number;
  readonly sections: readonly SectionMeasure[];
}

/** What sending costs, and how many children this device takes. */
export class Costs {
  #seconds = new Map<string, number>();
  #at: number | null = null;
  #cpu = 0;
  #busySince: number | null = null;
  #calmSince: number | null = null;
  #overloaded = false;
  #capacity: number;
  readonly #most: number;

  /** @param most children that the server gives at most */
  constructor(most: number) {
    this.#most = most;
    this.#capacity = most;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** `null`: nothing is sent. */
  cost(children: number): ShareCost | null {
    return children === 0 ? null : { cpu: this.#cpu, overloaded: this.#overloaded, children };
  }

  /**
   * Takes what was measured of all links.
   *
   * @param least as few children stay, whatever it costs
   * @returns whether the capacity is another
   */
  take(links: readonly LinkMeasure[], least: number, now: number): boolean {
    const sections = links.flatMap(({ sections: some, link }) =>
      some.map((one) => ({ ...one, key: `${link} ${one.key}` })),
    );
    this.#spend(sections, now);
    const isBusy = sections.some(isTooMuch);
    this.#busySince = isBusy ? (this.#busySince ?? now) : null;
    this.#calmSince = isBusy || this.#cpu > LITTLE ? null : (this.#calmSince ?? now);
    this.#overloaded = this.#busySince !== null && now - this.#busySince >= TOO_LONG;
    const before = this.#capacity;
    if (this.#overloaded) {
      // One at a time: the next one only if it stays too much without this one.
      this.#capacity = Math.max(Math.min(before, links.length) - 1, least);
      if (this.#capacity !== before) this.#busySince = now;
    } else if (this.#calmSince !== null && now - this.#calmSince >= CALM && before < this.#most) {
      this.#capacity = before + 1;
      this.#calmSince = now;
    }
    return this.#capacity !== before;
  }

  #spend(sections: readonly SectionMeasure[], now: number): void {
    const spent = sections.reduce(
      (sum, { key, seconds }) => sum + Math.max(seconds - (this.#seconds.get(key) ?? seconds), 0),
      0,
    );
    this.#seconds = new Map(sections.map(({ key, seconds }) => [key, seconds]));
    const elapsed = this.#at === null ? 0 : (now - this.#at) / 1_000;
    this.#at = now;
    this.#cpu = elapsed > 0 ? spent / elapsed : 0;
  }
}

function isTooMuch({ rate, sourceRate, limited, lag }: SectionMeasure): boolean {
  if (limited || lag > MOST_LAG) return true;
  // A source that hardly moves is no measure.
  return rate !== null && sourceRate !== null && sourceRate > 3 && rate < sourceRate * KEPT_UP;
}
