import type { Conference, ConferenceSnapshot, Stream } from '../../conference/conference';
import type { StreamFigures } from '../figures';
import { isPicture } from './channel';
import type { LanStream } from './types';

/** Counts the bytes that came over the local network in the place of the meeting's. */
export class Saved {
  readonly #conference: Conference | null;
  #bytes = 0;
  #before: ReadonlyMap<string, number> = new Map();

  /** @param conference `null`: a second screen, whose every byte would have come from the meeting */
  constructor(conference: Conference | null) {
    this.#conference = conference;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param link whose figures these are: another link counts from nothing */
  take(link: number, received: readonly LanStream[], figures: ReadonlyMap<string, StreamFigures>): void {
    const snapshot = this.#conference?.snapshot() ?? null;
    const now = new Map<string, number>();
    for (const stream of received) {
      const bytes = figures.get(stream.key)?.bytes;
      if (bytes === undefined) continue;
      const key = `${link} ${stream.key}`;
      now.set(key, bytes);
      // What else came in its section before counts for nothing.
      const come = bytes - (this.#before.get(key) ?? bytes);
      if (come > 0 && inPlaceOf(snapshot, stream)) this.#bytes += come;
    }
    this.#before = now;
  }
}

/** Whether the meeting sends nothing of this here. */
function inPlaceOf(snapshot: ConferenceSnapshot | null, stream: LanStream): boolean {
  if (!snapshot) return true;
  return isPicture(stream.source) && streamOf(snapshot, stream)?.state === 'off';
}

/** The meeting's own copy of what comes. */
function streamOf(
  snapshot: ConferenceSnapshot,
  { participant, name, source }: LanStream,
): Stream | undefined {
  const owner = participantOf(snapshot, { participant, name });
  return snapshot.streams.find((one) => one.participant === owner && one.source === source);
}

/** Who is meant: by number and name, otherwise by a name that only one has. A server that starts anew counts anew. */
export function participantOf(
  { participants }: ConferenceSnapshot,
  { participant, name }: Pick<LanStream, 'participant' | 'name'>,
): string | null {
  const named = participants.filter((one) => one.name === name);
  const sure = named.find(({ id }) => id === participant);
  const [only] = named;
  return sure?.id ?? (named.length === 1 ? (only?.id ?? null) : null);
}
