import { expect, test } from 'vitest';
import recorded from './recorded/chromium.json';
import { type Carries, type Report, statisticsOf } from './statistics';

/** What Chromium reported twice, a second apart, while one picture and one voice came and went. */
const [first, second] = recorded as unknown as readonly [readonly Report[], readonly Report[]];

const carries: Carries = (mid) => {
  const source = ({ 0: 'microphone', 1: 'camera', 2: 'screen', 3: 'screenAudio' } as const)[mid];
  if (source) return { stream: null, participant: 'me', source };
  if (mid === '4') return { stream: 's1', participant: 'ada', source: 'microphone' };
  return mid === '10' ? { stream: 's2', participant: 'ada', source: 'camera' } : null;
};

const look = () => {
  const before = statisticsOf(first, carries, null);
  return {
    before,
    after: statisticsOf(second, carries, before.kept, { received: 1_000, sent: 2_000 }).statistics,
  };
};

test('totals hold for the whole, and add what earlier connections carried', () => {
  const { before, after } = look();
  const transport = second.find((report) => report.type === 'transport');
  expect(after.bytesReceived).toBe(Number(transport?.['bytesReceived']) + 1_000);
  expect(after.bytesSent).toBe(Number(transport?.['bytesSent']) + 2_000);
  expect(before.statistics.bytesReceived).toBeLessThan(after.bytesReceived);
  expect(after).toMatchObject({ transport: 'udp', roundTripMs: 1, availableOutgoing: 895_227 });
});

test('rates are made of differences, and there is none at first', () => {
  const { before, after } = look();
  expect(before.statistics.streams.every((stream) => stream.bitrate === 0)).toBe(true);
  const bytes = (reports: readonly Report[]) =>
    Number(reports.find(({ mid, type }) => mid === '10' && type === 'inbound-rtp')?.['bytesReceived']);
  const seconds = ((second[0]?.timestamp ?? 0) - (first[0]?.timestamp ?? 0)) / 1000;
  const camera = after.streams.find((stream) => stream.stream === 's2');
  expect(camera?.bitrate).toBe(Math.round(((bytes(second) - bytes(first)) * 8) / seconds));
  expect(camera).toMatchObject({
    participant: 'ada',
    direction: 'in',
    width: 240,
    loss: 0,
    freezes: 0,
    codec: 'VP8',
  });
  expect(camera?.framesDecoded).toBe(34);
});

test('the layers of a source are one stream, as large as the largest that is sent', () => {
  const out = look().after.streams.filter((stream) => stream.direction === 'out');
  expect(out.map((stream) => stream.source)).toEqual(['microphone', 'camera']);
  expect(out[1]).toMatchObject({ stream: null, participant: 'me', width: 240, codec: 'VP8' });
});

test('loss is what was lost since the last look', () => {
  const rtp = (id: string, packetsReceived: number, packetsLost: number, timestamp: number): Report => ({
    id,
    type: 'inbound-rtp',
    mid: '4',
    timestamp,
    packetsReceived,
    packetsLost,
    bytesReceived: 0,
  });
  const before = statisticsOf([rtp('a', 100, 50, 1_000)], carries, null);
  expect(before.statistics.streams[0]?.loss).toBeCloseTo(1 / 3);
  const after = statisticsOf([rtp('a', 190, 60, 2_000)], carries, before.kept);
  expect(after.statistics.streams[0]?.loss).toBeCloseTo(0.1);
});

test('a relay is told, and a browser that reports little is no error', () => {
  const reports: Report[] = [
    {
      id: 'p',
      type: 'candidate-pair',
      timestamp: 1,
      selected: true,
      localCandidateId: 'l',
      bytesReceived: 7,
      bytesSent: 9,
    },
    { id: 'l', type: 'local-candidate', timestamp: 1, candidateType: 'relay', protocol: 'udp' },
  ];
  const { statistics } = statisticsOf(reports, carries, null);
  expect(statistics).toMatchObject({ transport: 'relay', bytesReceived: 7, bytesSent: 9, roundTripMs: null });
  expect(statisticsOf([], carries, null).statistics).toMatchObject({
    transport: null,
    bytesReceived: 0,
    streams: [],
  });
});
