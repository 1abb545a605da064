import type { Section } from './section';

/** What is sent in one section, since the beginning. */
export interface SectionMeasure {
  readonly key: string;
  /** Seconds of compressing, or of passing on. */
  readonly seconds: number;
  /** Frames a second that are sent, and that the source gives; `null`: not told, or nothing to compare. */
  readonly rate: number | null;
  readonly sourceRate: number | null;
  /** The browser sends less because it cannot compute more. */
  readonly limited: boolean;
  /** Milliseconds that compressed frames wait here. */
  readonly lag: number;
}

export interface Measure {
  readonly sections: readonly SectionMeasure[];
  /** Frames that each source has given so far, by section. */
  readonly frames: ReadonlyMap<string, number>;
}

interface Report {
  readonly type: string;
  readonly id: string;
  readonly kind?: string;
  readonly mid?: string;
  readonly mediaSourceId?: string;
  readonly totalEncodeTime?: number;
  readonly framesEncoded?: number;
  readonly framesPerSecond?: number;
  readonly qualityLimitationReason?: string;
  readonly frames?: number;
  readonly framesReceived?: number;
  readonly framesDecoded?: number;
}

/** Reads what a connection sends in its sections. */
export async function measureOf(
  connection: RTCPeerConnection,
  sections: readonly Section[],
): Promise<Measure> {
  const reports = new Map<string, Report>();
  (await connection.getStats()).forEach((report: Report) => {
    reports.set(report.id, report);
  });
  const sent = [...reports.values()].filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
  const frames = new Map<string, number>();
  const measures = sections.map(async ({ mid, playing }): Promise<SectionMeasure[]> => {
    const report = sent.find((one) => one.mid === mid);
    if (!playing || !report || mid === null) return [];
    const source = reports.get(report.mediaSourceId ?? '');
    const { carrier, outgoing } = playing;
    // What the source gave, not what the carrier made of it: a carrier that stands still shows.
    const came = carrier && outgoing.receiver ? await framesOf(outgoing.receiver) : null;
    frames.set(mid, came ?? source?.frames ?? report.framesEncoded ?? 0);
    const encoding = report.totalEncodeTime ?? 0;
    return [
      {
        key: `${outgoing.key} ${playing.seq}`,
        seconds: carrier ? encoding + carrier.cpuMs / 1_000 : encoding,
        // What the network does not carry is no matter of computing.
        rate:
          carrier || report.qualityLimitationReason === 'bandwidth' ? null : (report.framesPerSecond ?? null),
        sourceRate: carrier ? null : (source?.framesPerSecond ?? null),
        limited: !carrier && report.qualityLimitationReason === 'cpu',
        lag: carrier?.lag ?? 0,
      },
    ];
  });
  return { sections: (await Promise.all(measures)).flat(), frames };
}

/** One look serves all children, in milliseconds. */
const FRESH = 150;

interface Look {
  readonly at: number;
  readonly frames: Promise<number | null>;
}

const looks = new WeakMap<RTCRtpReceiver, Look>();

function framesOf(receiver: RTCRtpReceiver): Promise<number | null> {
  const now = performance.now();
  const known = looks.get(receiver);
  if (known && now - known.at < FRESH) return known.frames;
  const frames = look(receiver).catch(() => null);
  looks.set(receiver, { at: now, frames });
  return frames;
}

async function look(receiver: RTCRtpReceiver): Promise<number | null> {
  let frames: number | null = null;
  (await receiver.getStats()).forEach(({ type, framesReceived, framesDecoded }: Report) => {
    if (type === 'inbound-rtp') frames = framesReceived ?? framesDecoded ?? null;
  });
  return frames;
}
