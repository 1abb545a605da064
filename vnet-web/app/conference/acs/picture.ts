import type { ParticipantId, Stream, StreamId } from '../conference';
import type { AcsRemoteVideo } from './sdk';

/** Waiting times before a picture is asked for again, in milliseconds; the last one stays. */
const PAUSES = [300, 1_000, 3_000];

export type PictureSource = 'camera' | 'screen';

export function sourceOf(remote: AcsRemoteVideo): PictureSource | null {
  if (remote.mediaStreamType === 'Video') return 'camera';
  return remote.mediaStreamType === 'ScreenSharing' ? 'screen' : null;
}

/**
 * One picture of somebody else. Its stream is asked for while it is there and wanted, anew each time it comes back:
 * it may be another object then. Tracks belong to the SDK and are never stopped here.
 */
export class Picture {
  readonly id: StreamId;
  readonly remote: AcsRemoteVideo;
  readonly #participant: ParticipantId;
  readonly #source: PictureSource;
  readonly #changed: () => void;
  /** `paused`: wanted, but more pictures are wanted than the device can show. */
  #wish: 'off' | 'paused' | 'on' = 'off';
  #media: MediaStream | null = null;
  /** What is under way belongs to this round; another round makes it void. */
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unlisten = () => {};

  constructor(
    remote: AcsRemoteVideo,
    participant: ParticipantId,
    source: PictureSource,
    changed: () => void,
  ) {
    this.id = `${participant}/${source}/${remote.id}`;
    this.remote = remote;
    this.#participant = participant;
    this.#source = source;
    this.#changed = changed;
    remote.on('isAvailableChanged', this.#onAvailable);
    remote.on('isReceivingChanged', changed);
  }

  get available(): boolean {
    return this.remote.isAvailable;
  }

  /** What pages see of it. */
  view(): Stream {
    const { id } = this;
    const common = { id, participant: this.#participant, source: this.#source, muted: false };
    if (this.#wish !== 'on') return { ...common, media: null, state: this.#wish };
    const arrives = this.remote.isReceiving || this.#media?.getVideoTracks().some((track) => !track.muted);
    return { ...common, media: this.#media, state: this.#media && arrives ? 'playing' : 'starting' };
  }

  wish(wish: 'off' | 'paused' | 'on'): void {
    if (wish === this.#wish) return;
    this.#wish = wish;
    this.#begin();
  }

  dispose(): void {
    this.remote.off('isAvailableChanged', this.#onAvailable);
    this.remote.off('isReceivingChanged', this.#changed);
    this.#drop();
  }

  readonly #onAvailable = (): void => {
    this.#begin();
    this.#changed();
  };

  #drop(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#media = null;
  }

  #begin(): void {
    this.#drop();
    if (this.#wish === 'on' && this.available) void this.#fetch(this.#round, 0);
  }

  async #fetch(round: number, attempt: number): Promise<void> {
    const media = await this.remote.getMediaStream().catch(() => null);
    if (round !== this.#round) return;
    if (!media) {
      const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)];
      this.#timer = setTimeout(() => void this.#fetch(round, attempt + 1), pause);
      return;
    }
    this.#show(media);
  }

  #show(media: MediaStream): void {
    const tracks = media.getVideoTracks();
    for (const track of tracks) {
      track.addEventListener('mute', this.#changed);
      track.addEventListener('unmute', this.#changed);
    }
    this.#unlisten = () => {
      for (const track of tracks) {
        track.removeEventListener('mute', this.#changed);
        track.removeEventListener('unmute', this.#changed);
      }
    };
    // A stream of our own, so that nothing that is done to it reaches the SDK's.
    this.#media = new MediaStream(tracks);
    this.#changed();
  }
}
