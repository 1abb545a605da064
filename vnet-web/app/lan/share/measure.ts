import { givenBy } from './given';
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
}

/**
 * Reads what a connection sends in its sections.
 *
 * @param whole what it costs, too; else only how many frames the sources gave, for which the figures of a connection,
 *   which cost the browser more than sending on some frames, are needed where pictures are compressed anew
 */
export async function measureOf(
  connection: RTCPeerConnection,
  sections: readonly Section[],
  whole: boolean,
): Promise<Measure> {
  const isAnew = sections.some(({ kind, playing }) => kind === 'video' && playing && !playing.carrier);
  const reports = whole || isAnew ? await reportsOf(connection) : null;
  const frames = new Map<string, number>();
  const measures = sections.map(async ({ mid, playing }): Promise<SectionMeasure[]> => {
    if (!playing || mid === null) return [];
    const { carrier, outgoing } = playing;
    // What the source gave, not what the carrier made of it: a carrier that stands still shows.
    if (carrier && outgoing.receiver) frames.set(mid, await givenBy(outgoing.receiver, carrier.given));
    const report = reports?.sent(mid);
    if (!report) return [];
    const source = reports?.all.get(report.mediaSourceId ?? '');
    if (!carrier) frames.set(mid, source?.frames ?? report.framesEncoded ?? 0);
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

async function reportsOf(connection: RTCPeerConnection) {
  const all = new Map<string, Report>();
  (await connection.getStats()).forEach((report: Report) => {
    all.set(report.id, report);
  });
  const sent = [...all.values()].filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
  return { all, sent: (mid: string) => sent.find((one) => one.mid === mid) };
}
