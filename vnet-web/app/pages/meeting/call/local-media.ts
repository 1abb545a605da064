import type { Conference, Source } from '../../../conference/conference';
import { causeOf, type DeviceCause, keepChoices, readChoices } from '../../../devices';
import { Store } from './store';

export type DeviceKind = 'microphone' | 'camera';
/** Takes a device; fails as `getUserMedia` does. */
export type Capture = (kind: DeviceKind, deviceId?: string | null) => Promise<MediaStreamTrack>;

export interface LocalMediaOptions {
  readonly conference: Conference;
  readonly capture: Capture;
  readonly display?: (options: DisplayMediaStreamOptions) => Promise<MediaStream>;
  readonly onFault: (source: Source, cause: DeviceCause) => void;
}

/** One's own microphone, camera and screen during the meeting. */
export class LocalMedia {
  readonly #options: LocalMediaOptions;
  /** What is being turned on or off at the moment. */
  readonly busy = new Store<ReadonlySet<Source>>(new Set());
  /** The microphone is open for as long as a key is held. */
  readonly talking = new Store(false);
  #watched = new WeakSet<MediaStreamTrack>();
  #stopped = false;

  constructor(options: LocalMediaOptions) {
    this.#options = options;
  }

  #local(source: Source) {
    return this.#options.conference.snapshot().local[source];
  }

  /** Watches for devices that go away. */
  start(): () => void {
    this.#stopped = false;
    const look = () => {
      for (const kind of ['microphone', 'camera'] as const) {
        const { track } = this.#local(kind);
        if (track) this.#watch(kind, track);
      }
    };
    look();
    const stop = this.#options.conference.subscribe(look);
    return () => {
      this.#stopped = true;
      stop();
    };
  }

  /** Stops every device: the meeting is over. */
  release(): void {
    for (const { track } of Object.values(this.#options.conference.snapshot().local)) track?.stop();
  }

  isOn(source: Source): boolean {
    const { track, muted } = this.#local(source);
    return track !== null && !muted;
  }

  async toggleMicrophone(): Promise<void> {
    await this.setMicrophone(!this.isOn('microphone'));
  }

  async setMicrophone(on: boolean): Promise<void> {
    const { conference } = this.#options;
    await this.#alone('microphone', async () => {
      const { track } = this.#local('microphone');
      if (on && (!track || track.readyState === 'ended')) {
        await conference.setTrack(
          'microphone',
          await this.#options.capture('microphone', readChoices().microphone),
        );
      }
      await conference.setMuted('microphone', !on);
    });
  }

  /** The microphone is open while `held`, and closed afterwards. */
  async talk(held: boolean): Promise<void> {
    if (held === this.talking.get()) return;
    // Whoever is heard already need not hold anything.
    if (held && this.isOn('microphone')) return;
    this.talking.set(held);
    await this.setMicrophone(held);
    // Let go while the microphone was still being opened.
    if (held && !this.talking.get()) await this.setMicrophone(false);
  }

  async toggleCamera(): Promise<void> {
    const { conference } = this.#options;
    await this.#alone('camera', async () => {
      const { track } = this.#local('camera');
      if (this.isOn('camera')) {
        await conference.setMuted('camera', true);
        // Its light goes out.
        await conference.setTrack('camera', null);
        track?.stop();
        return;
      }
      const live = track && track.readyState === 'live';
      if (!live)
        await conference.setTrack('camera', await this.#options.capture('camera', readChoices().camera));
      await conference.setMuted('camera', false);
    });
  }

  /** Takes another device in the place of the one that is used; one that is off stays off. */
  async switchTo(kind: DeviceKind, deviceId: string): Promise<void> {
    const { conference, capture } = this.#options;
    await this.#alone(kind, async () => {
      const { track: before, muted } = this.#local(kind);
      const next = await capture(kind, deviceId);
      next.enabled = !muted;
      await conference.setTrack(kind, next);
      if (muted) await conference.setMuted(kind, true);
      before?.stop();
      keepChoices({ [kind]: deviceId });
    });
  }

  async toggleScreen(): Promise<void> {
    if (this.#local('screen').track) await this.stopScreen();
    else await this.#alone('screen', () => this.#share());
  }

  async #share(): Promise<void> {
    const { conference } = this.#options;
    const display = this.#options.display ?? ((options) => navigator.mediaDevices.getDisplayMedia(options));
    const audio = conference.capabilities.screenAudio;
    let stream: MediaStream;
    try {
      stream = await display({ video: { frameRate: { max: 30 } }, audio });
    } catch (error) {
      // Whoever closes the browser's dialog has changed their mind.
      if (!['denied', 'dismissed'].includes(causeOf(error))) throw error;
      return;
    }
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (!picture) return;
    picture.contentHint = 'detail';
    picture.addEventListener('ended', () => void this.stopScreen());
    await conference.setTrack('screen', picture);
    if (sound) await conference.setTrack('screenAudio', sound);
  }

  async stopScreen(): Promise<void> {
    await this.#alone('screen', async () => {
      for (const source of ['screen', 'screenAudio'] as const) {
        const { track } = this.#local(source);
        if (!track) continue;
        await this.#options.conference.setTrack(source, null);
        track.stop();
      }
    });
  }

  #watch(kind: DeviceKind, track: MediaStreamTrack): void {
    if (this.#watched.has(track)) return;
    this.#watched.add(track);
    track.addEventListener('ended', () => {
      // Unplugged: another one takes over, if there is one and it was in use.
      if (this.#stopped) return;
      const { track: current, muted } = this.#local(kind);
      if (current !== null && current !== track) return;
      void this.#alone(kind, async () => {
        const { conference } = this.#options;
        if (muted) {
          await conference.setTrack(kind, null);
          return;
        }
        await conference.setTrack(kind, await this.#options.capture(kind));
      });
    });
  }

  /** One thing at a time with a source; what fails is told. */
  async #alone(source: Source, act: () => Promise<void>): Promise<void> {
    if (this.busy.get().has(source)) return;
    this.busy.set(new Set([...this.busy.get(), source]));
    try {
      await act();
    } catch (error) {
      this.#options.onFault(source, causeOf(error));
    } finally {
      this.busy.set(new Set([...this.busy.get()].filter((one) => one !== source)));
    }
  }
}
