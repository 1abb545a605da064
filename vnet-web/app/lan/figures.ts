/** What went over a connection so far. */
export interface StreamFigures {
  readonly bytes: number;
  readonly frames: number;
  readonly width: number | null;
  readonly height: number | null;
  /** Frames a second, now. */
  readonly rate: number | null;
}

interface Report {
  readonly type: string;
  readonly kind?: string;
  readonly mid?: string;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly framesDecoded?: number;
  readonly framesEncoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
}

/** Figures of the pictures of a connection, by the `mid` of their section. */
export async function figuresOf(connection: RTCPeerConnection): Promise<ReadonlyMap<string, StreamFigures>> {
  const found = new Map<string, StreamFigures>();
  const reports: RTCStatsReport = await connection.getStats();
  reports.forEach((report: Report) => {
    const isStream = report.type === 'inbound-rtp' || report.type === 'outbound-rtp';
    if (!isStream || report.kind !== 'video' || report.mid === undefined) return;
    found.set(report.mid, {
      bytes: report.bytesReceived ?? report.bytesSent ?? 0,
      frames: report.framesDecoded ?? report.framesEncoded ?? 0,
      width: report.frameWidth ?? null,
      height: report.frameHeight ?? null,
      rate: report.framesPerSecond ?? null,
    });
  });
  return found;
}
