import type { Source } from '../conference';

/** The camera's layers, the smallest first. */
const CAMERA: readonly RTCRtpEncodingParameters[] = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const SCREEN: readonly RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000 }];

const KINDS: Readonly<Record<Source, 'audio' | 'video'>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

/** Sends one source: its section of the connection, whose track and layers change without a new offer. */
export class Sender {
  readonly #source: Source;
  readonly #transceiver: RTCRtpTransceiver;
  /** The layers that somebody wants; `null`: nothing was said, all are sent. */
  #wanted: readonly string[] | null = null;
  #changing: Promise<void> = Promise.resolve();

  constructor(connection: RTCPeerConnection, source: Source, track: MediaStreamTrack | null) {
    this.#source = source;
    const encodings = source === 'camera' ? CAMERA : source === 'screen' ? SCREEN : [];
    hint(source, track);
    this.#transceiver = connection.addTransceiver(track ?? KINDS[source], {
      direction: 'sendonly',
      ...(encodings.length > 0 && { sendEncodings: encodings.map((encoding) => ({ ...encoding })) }),
    });
  }

  /** The name of its section; `null` before the offer. */
  get mid(): string | null {
    return this.#transceiver.mid;
  }

  get track(): MediaStreamTrack | null {
    return this.#transceiver.sender.track;
  }

  async setTrack(track: MediaStreamTrack | null): Promise<void> {
    hint(this.#source, track);
    await this.#transceiver.sender.replaceTrack(track);
  }

  /** Encodes these layers and no others. */
  encode(layers: readonly string[]): Promise<void> {
    this.#wanted = layers;
    // One change after the other: parameters that were read before another change are refused.
    this.#changing = this.#changing.then(() => this.#apply().catch(() => this.#apply())).catch(() => {});
    return this.#changing;
  }

  async #apply(): Promise<void> {
    const { sender } = this.#transceiver;
    const parameters = sender.getParameters();
    const { encodings } = parameters;
    const wanted = this.#wanted;
    if (!encodings?.length || wanted === null) return;
    let isAnother = false;
    for (const encoding of encodings) {
      const active = encodings.length === 1 ? wanted.length > 0 : wanted.includes(encoding.rid ?? '');
      isAnother ||= encoding.active !== active;
      encoding.active = active;
    }
    const preference = this.#source === 'screen' ? 'maintain-resolution' : 'balanced';
    if (KINDS[this.#source] === 'video' && parameters.degradationPreference !== preference) {
      parameters.degradationPreference = preference;
      isAnother = true;
    }
    if (isAnother) await sender.setParameters(parameters);
  }
}

/** What matters in a picture, unless the page has said it. */
function hint(source: Source, track: MediaStreamTrack | null): void {
  if (!track || track.contentHint) return;
  if (source === 'camera') track.contentHint = 'motion';
  if (source === 'screen') track.contentHint = 'detail';
}
