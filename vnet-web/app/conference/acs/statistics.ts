import type { Statistics, StreamStatistics } from '../conference';
import type { Roster } from './roster';
import type {
  AcsCall,
  AcsFigures,
  AcsFiguresCollector,
  AcsIncomingVideoFigures,
  AcsModule,
  AcsOutgoingVideoFigures,
  AcsStreamFigures,
} from './sdk';

/** No sample stands for longer than this; seconds. */
const LONGEST = 10;

/** Keeps the newest figures of a call, and adds up what its rates mean in bytes: the SDK counts none. */
export class Figures {
  #latest: AcsFigures | null = null;
  #at = 0;
  #received = 0;
  #sent = 0;
  #collector: AcsFiguresCollector | null = null;
  #end = () => {};

  follow(call: AcsCall, features: AcsModule['Features']): void {
    this.stop();
    if (!features.MediaStats) return;
    try {
      const collector = call.feature(features.MediaStats).createCollector();
      collector.on('sampleReported', this.#onSample);
      this.#collector = collector;
      this.#at = performance.now();
      this.#end = () => collector.off('sampleReported', this.#onSample);
    } catch {
      // A call without figures is a call.
    }
  }

  stop(): void {
    this.#end();
    this.#end = () => {};
    this.#collector?.dispose();
    this.#collector = null;
    this.#latest = null;
  }

  read(roster: Roster | null): Statistics {
    const figures = this.#latest;
    const transport = figures?.transports.find((one) => one.rttInMs !== undefined) ?? null;
    return {
      bytesReceived: Math.round(this.#received),
      bytesSent: Math.round(this.#sent),
      roundTripMs: transport?.rttInMs ?? null,
      availableOutgoing: transport?.availableOutgoingBitrate ?? null,
      transport: null,
      streams: figures ? streamsOf(figures, roster) : [],
    };
  }

  readonly #onSample = (figures: AcsFigures): void => {
    const now = performance.now();
    const seconds = Math.min((now - this.#at) / 1_000, LONGEST);
    this.#at = now;
    this.#latest = figures;
    const rate = (direction: 'send' | 'receive') =>
      [figures.audio, figures.video, figures.screenShare]
        .flatMap((kind): AcsStreamFigures[] => kind[direction])
        .reduce((sum, { bitrate = 0 }) => sum + bitrate, 0);
    this.#received += (rate('receive') * seconds) / 8;
    this.#sent += (rate('send') * seconds) / 8;
  };
}

function streamsOf({ audio, video, screenShare }: AcsFigures, roster: Roster | null): StreamStatistics[] {
  const sound = (direction: 'in' | 'out') => (one: AcsStreamFigures) => common(one, direction, 'microphone');
  return [
    ...audio.receive.map(sound('in')),
    ...video.receive.map((one) => incoming(one, 'camera', roster)),
    ...screenShare.receive.map((one) => incoming(one, 'screen', roster)),
    ...audio.send.map(sound('out')),
    ...video.send.map((one) => outgoing(one, 'camera')),
    ...screenShare.send.map((one) => outgoing(one, 'screen')),
  ];
}

function common(
  one: AcsStreamFigures,
  direction: 'in' | 'out',
  source: StreamStatistics['source'],
): StreamStatistics {
  const { packetsPerSecond: packets, packetsLostPerSecond: lost } = one;
  return {
    stream: null,
    participant: null,
    source,
    direction,
    bitrate: one.bitrate ?? 0,
    loss: lost === undefined || packets === undefined ? null : lost / Math.max(lost + packets, 1),
    jitterMs: one.jitterInMs ?? null,
    width: null,
    height: null,
    framesPerSecond: null,
    framesDecoded: null,
    freezes: null,
    codec: one.codecName ?? null,
  };
}

function incoming(
  one: AcsIncomingVideoFigures,
  source: 'camera' | 'screen',
  roster: Roster | null,
): StreamStatistics {
  const stream = one.streamId === undefined ? null : (roster?.pictureOf(one.streamId) ?? null);
  return {
    ...common(one, 'in', source),
    stream: stream?.id ?? null,
    participant: stream?.participant ?? null,
    width: one.frameWidthReceived ?? null,
    height: one.frameHeightReceived ?? null,
    framesPerSecond: one.frameRateDecoded ?? null,
    framesDecoded: one.framesDecoded ?? null,
    freezes: one.totalFreezeDurationInMs === undefined ? null : one.totalFreezeDurationInMs / 1_000,
  };
}

function outgoing(one: AcsOutgoingVideoFigures, source: 'camera' | 'screen'): StreamStatistics {
  return {
    ...common(one, 'out', source),
    width: one.frameWidthSent ?? null,
    height: one.frameHeightSent ?? null,
    framesPerSecond: one.frameRateSent ?? null,
  };
}
