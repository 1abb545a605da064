import type { ParticipantId, Source, Statistics, StreamId, StreamStatistics } from '../conference';

/** What a section of the connection carries. */
export type Carries = (mid: string) => {
  readonly stream: StreamId | null;
  readonly participant: ParticipantId | null;
  readonly source: Source;
} | null;

/** What is kept of one look for the next: rates are made of differences. */
export interface Kept {
  readonly at: number;
  readonly counters: ReadonlyMap<string, Counters>;
}

interface Counters {
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
}

/** A report as the browser gives it: fields differ between browsers, each may be missing. */
export interface Report {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly [field: string]: unknown;
}

/** What went over connections that were given up. */
export interface Totals {
  readonly received: number;
  readonly sent: number;
}

/** Figures from the reports of a connection. */
export function statisticsOf(
  reports: readonly Report[],
  carries: Carries,
  before: Kept | null,
  earlier: Totals = { received: 0, sent: 0 },
): { readonly statistics: Statistics; readonly kept: Kept } {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const now = Math.max(0, ...reports.map((report) => report.timestamp));
  const seconds = before ? (now - before.at) / 1000 : 0;
  const counters = new Map(
    reports.flatMap((report) => (isRtp(report) ? [[report.id, countersOf(report)]] : [])),
  );
  const rate = (report: Report) => {
    const was = before?.counters.get(report.id);
    return was && seconds > 0
      ? (Math.max(number(report, 'bytesReceived', 'bytesSent') - was.bytes, 0) * 8) / seconds
      : 0;
  };
  const pair = selectedPair(reports, byId);
  const streams = [
    ...reports
      .filter((report) => report.type === 'inbound-rtp')
      .flatMap((report) => {
        const what = carries(text(report, 'mid') ?? '');
        if (!what?.stream) return [];
        return [incoming(report, what, rate(report), before?.counters.get(report.id), byId)];
      }),
    ...outgoing(reports, carries, rate, byId),
  ];
  const transports = reports.filter((report) => report.type === 'transport');
  const carriers = transports.length > 0 ? transports : pair ? [pair] : [];
  const statistics = {
    bytesReceived: earlier.received + sum(carriers, 'bytesReceived'),
    bytesSent: earlier.sent + sum(carriers, 'bytesSent'),
    roundTripMs: milliseconds(maybe(pair, 'currentRoundTripTime')),
    availableOutgoing: maybe(pair, 'availableOutgoingBitrate'),
    transport: transportOf(pair, byId),
    streams,
  };
  return { statistics, kept: { at: now, counters } };
}

type Named = NonNullable<ReturnType<Carries>>;

function incoming(
  report: Report,
  what: Named,
  bitrate: number,
  before: Counters | undefined,
  byId: ReadonlyMap<string, Report>,
): StreamStatistics {
  const { packets, lost } = countersOf(report);
  const newLost = Math.max(lost - (before?.lost ?? 0), 0);
  const all = Math.max(packets - (before?.packets ?? 0), 0) + newLost;
  return {
    ...what,
    direction: 'in',
    bitrate: Math.round(bitrate),
    loss: all > 0 ? newLost / all : null,
    jitterMs: milliseconds(maybe(report, 'jitter')),
    ...picture(report),
    framesDecoded: maybe(report, 'framesDecoded'),
    freezes: maybe(report, 'totalFreezesDuration'),
    codec: codecOf(report, byId),
  };
}

/** One for each source: its layers together, as large as the largest that is sent. */
function outgoing(
  reports: readonly Report[],
  carries: Carries,
  rate: (report: Report) => number,
  byId: ReadonlyMap<string, Report>,
): StreamStatistics[] {
  const layers = new Map<string, Report[]>();
  for (const report of reports) {
    const mid = text(report, 'mid') ?? '';
    if (report.type === 'outbound-rtp') layers.set(mid, [...(layers.get(mid) ?? []), report]);
  }
  return [...layers].flatMap(([mid, all]) => {
    const what = carries(mid);
    const bitrate = all.reduce((total, layer) => total + rate(layer), 0);
    const sent = all.filter((layer) => number(layer, 'bytesSent') > 0);
    if (!what || what.stream || sent.length === 0) return [];
    const width = (layer: Report) => (layer['active'] === false ? -1 : number(layer, 'frameWidth'));
    const largest = sent.reduce((best, layer) => (width(layer) > width(best) ? layer : best));
    const remote = byId.get(text(largest, 'remoteId') ?? '');
    return [
      {
        ...what,
        direction: 'out' as const,
        bitrate: Math.round(bitrate),
        loss: maybe(remote, 'fractionLost'),
        jitterMs: milliseconds(maybe(remote, 'jitter')),
        ...picture(largest),
        framesDecoded: null,
        freezes: null,
        codec: codecOf(largest, byId),
      },
    ];
  });
}

function picture(report: Report): Pick<StreamStatistics, 'width' | 'height' | 'framesPerSecond'> {
  return {
    width: maybe(report, 'frameWidth'),
    height: maybe(report, 'frameHeight'),
    framesPerSecond: maybe(report, 'framesPerSecond'),
  };
}

const isRtp = ({ type }: Report) => type === 'inbound-rtp' || type === 'outbound-rtp';

function countersOf(report: Report): Counters {
  return {
    bytes: number(report, 'bytesReceived', 'bytesSent'),
    packets: number(report, 'packetsReceived', 'packetsSent'),
    lost: number(report, 'packetsLost'),
  };
}

function selectedPair(reports: readonly Report[], byId: ReadonlyMap<string, Report>): Report | undefined {
  const transport = reports.find((report) => report.type === 'transport');
  const named = byId.get(text(transport, 'selectedCandidatePairId') ?? '');
  // Where the transport does not name it the pair itself says so.
  return named ?? reports.find((report) => report.type === 'candidate-pair' && report['selected'] === true);
}

function transportOf(pair: Report | undefined, byId: ReadonlyMap<string, Report>): string | null {
  const local = byId.get(text(pair, 'localCandidateId') ?? '');
  if (text(local, 'candidateType') === 'relay') return 'relay';
  return text(local, 'protocol') ?? null;
}

/** `VP8` of `video/VP8`. */
function codecOf(report: Report, byId: ReadonlyMap<string, Report>): string | null {
  const type = text(byId.get(text(report, 'codecId') ?? ''), 'mimeType');
  return type?.split('/')[1] ?? null;
}

function maybe(report: Report | undefined, field: string): number | null {
  const value = report?.[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function number(report: Report, ...fields: readonly string[]): number {
  for (const field of fields) {
    const value = maybe(report, field);
    if (value !== null) return value;
  }
  return 0;
}

function text(report: Report | undefined, field: string): string | undefined {
  const value = report?.[field];
  return typeof value === 'string' ? value : undefined;
}

const sum = (reports: readonly Report[], field: string) =>
  reports.reduce((total, report) => total + number(report, field), 0);

const milliseconds = (seconds: number | null) => (seconds === null ? null : seconds * 1000);
