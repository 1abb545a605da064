import type { LocalSource, Source } from '../conference';
import { messageOf } from './reasons';
import type { AcsCall, AcsJoinOptions, AcsLocalAudio, AcsLocalVideo, AcsModule } from './sdk';
import { failure } from './words';

/** What is sent of one source: a clone, because the SDK may stop what it is given. */
interface Sent<Stream> {
  readonly stream: Stream;
  track: MediaStreamTrack | null;
  clone: MediaStreamTrack | null;
}

type Local = Readonly<Record<Source, LocalSource>>;

/** Streams of ours outlive a call, and are ended here. */
const KEPT = { autoDisposeOnCallEnd: false };

/**
 * Brings what the call sends in line with what is to be sent, one step after the other: the service does not take
 * quick switching well, and nothing of it before the call is connected.
 */
export class Outgoing {
  readonly #sdk: AcsModule;
  readonly #local: () => Local;
  readonly #silence: () => Silence | null;
  #call: AcsCall | null = null;
  #microphone: Sent<AcsLocalAudio> | null = null;
  #camera: Sent<AcsLocalVideo> | null = null;
  #screen: Sent<AcsLocalVideo> | null = null;
  #quiet: Silence | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(sdk: AcsModule, local: () => Local, silence: () => Silence | null = makeSilence) {
    this.#sdk = sdk;
    this.#local = local;
    this.#silence = silence;
  }

  /** What a call begins with. */
  initial(): AcsJoinOptions {
    const { microphone, camera } = this.#local();
    const audio = this.#voice(microphone.track);
    const video = camera.track && !camera.muted ? this.#picture(camera.track) : null;
    this.#camera = video;
    return {
      audioOptions: {
        muted: microphone.muted || microphone.track === null,
        ...(audio && { localAudioStreams: [audio.stream] }),
      },
      ...(video && { videoOptions: { localVideoStreams: [video.stream] } }),
    };
  }

  /** The call is connected: from now on everything goes to it. */
  attach(call: AcsCall): Promise<void> {
    this.#call = call;
    return this.sync();
  }

  /** Resolves when what is to be sent is sent; fails with `ConferenceError`. */
  sync(): Promise<void> {
    const run = this.#last.then(() => this.#step());
    this.#last = run.catch(() => {});
    return run;
  }

  /** The SDK has ended the sharing by itself, for instance because somebody else shares now. */
  screenEnded(): void {
    this.#release(this.#screen);
    this.#screen = null;
  }

  get sharesScreen(): boolean {
    return this.#screen !== null;
  }

  dispose(): void {
    this.#call = null;
    for (const sent of [this.#microphone, this.#camera, this.#screen]) this.#release(sent);
    this.#microphone = this.#camera = this.#screen = null;
    this.#quiet?.stop();
    this.#quiet = null;
  }

  async #step(): Promise<void> {
    const call = this.#call;
    if (!call) return;
    await this.#syncMicrophone(call).catch(say('microphone'));
    await this.#syncCamera(call).catch(say('camera'));
    await this.#syncScreen(call).catch(say('screen'));
  }

  async #syncMicrophone(call: AcsCall): Promise<void> {
    const { track, muted } = this.#local().microphone;
    const silent = muted || track === null;
    if (silent && !call.isMuted) await call.mute();
    const sent = this.#microphone;
    if (!sent) {
      const made = track && this.#voice(track);
      if (made) await call.startAudio(made.stream);
    } else if (sent.track !== track) {
      const clone = live(track);
      const media = clone ? new MediaStream([clone]) : this.#quietStream();
      if (media) await sent.stream.setMediaStream(media);
      sent.clone?.stop();
      Object.assign(sent, { track, clone });
    }
    if (!silent && call.isMuted) await call.unmute();
  }

  async #syncCamera(call: AcsCall): Promise<void> {
    const { track, muted } = this.#local().camera;
    const next = muted ? null : track;
    if (next && this.#camera) return this.#replace(this.#camera, next);
    if (next) {
      const sent = this.#picture(next);
      this.#camera = sent;
      await call.startVideo(sent.stream).catch((error: unknown) => {
        this.#release(sent);
        this.#camera = null;
        throw error;
      });
    } else if (this.#camera) {
      const sent = this.#camera;
      this.#camera = null;
      await call.stopVideo(sent.stream).finally(() => this.#release(sent));
    }
  }

  async #syncScreen(call: AcsCall): Promise<void> {
    const { track, muted } = this.#local().screen;
    const next = muted ? null : track;
    if (next && this.#screen) return this.#replace(this.#screen, next);
    if (next) {
      const sent = this.#picture(next);
      this.#screen = sent;
      await call.startScreenSharing(sent.stream).catch((error: unknown) => {
        this.screenEnded();
        throw error;
      });
    } else if (this.#screen) {
      const sent = this.#screen;
      this.#screen = null;
      await call.stopScreenSharing().finally(() => this.#release(sent));
    }
  }

  async #replace(sent: Sent<AcsLocalVideo>, track: MediaStreamTrack): Promise<void> {
    if (sent.track === track) return;
    const clone = live(track);
    await sent.stream.setMediaStream(new MediaStream([clone]));
    sent.clone?.stop();
    Object.assign(sent, { track, clone });
  }

  #voice(track: MediaStreamTrack | null): Sent<AcsLocalAudio> | null {
    const clone = live(track);
    // Without a stream of ours the SDK would open a microphone by itself.
    const media = clone ? new MediaStream([clone]) : this.#quietStream();
    this.#microphone = media && { stream: new this.#sdk.LocalAudioStream(media, KEPT), track, clone };
    return this.#microphone;
  }

  #picture(track: MediaStreamTrack): Sent<AcsLocalVideo> {
    const clone = live(track);
    return { stream: new this.#sdk.LocalVideoStream(new MediaStream([clone]), KEPT), track, clone };
  }

  #quietStream(): MediaStream | null {
    this.#quiet ??= this.#silence();
    return this.#quiet?.media ?? null;
  }

  #release(sent: Sent<{ dispose(): void }> | null): void {
    sent?.stream.dispose();
    sent?.clone?.stop();
  }
}

/** A clone that sends, whatever the original does: whether anything is sent is said to the SDK. */
function live<Track extends MediaStreamTrack | null>(track: Track): Track {
  const clone = track?.clone() ?? null;
  if (clone) clone.enabled = true;
  return clone as Track;
}

const say =
  (what: 'microphone' | 'camera' | 'screen') =>
  (error: unknown): never => {
    throw failure(`acs_${what}`, what, { message: messageOf(error) });
  };

/** A stream in which nothing is heard. */
export interface Silence {
  readonly media: MediaStream;
  stop(): void;
}

/** `null` where none can be made. */
function makeSilence(): Silence | null {
  if (typeof AudioContext === 'undefined') return null;
  const context = new AudioContext();
  return { media: context.createMediaStreamDestination().stream, stop: () => void context.close() };
}
