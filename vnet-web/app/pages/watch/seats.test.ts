import { describe, expect, test } from 'vitest';
import { lanStream } from '../../lan/share/fake-share';
import { seatsOf, voicesOf } from './seats';

const both = new MediaStream();
const told = (streams: Parameters<typeof seatsOf>[0]) =>
  seatsOf(streams).map(
    ({ key, name, media, stalled }) => `${key} ${name}${media ? '' : ' heard'}${stalled ? ' still' : ''}`,
  );

describe('a second screen', () => {
  test('has one place for each person and one for each screen', () => {
    const streams = [
      lanStream('p2', 'Ada', { source: 'microphone', media: both }),
      lanStream('p2', 'Ada', { media: both }),
      lanStream('p3', 'Bob', { source: 'microphone' }),
      lanStream('p2', 'Ada', { source: 'screen', state: 'stalled' }),
      lanStream('p2', 'Ada', { source: 'screenAudio' }),
    ];
    expect(told(streams)).toEqual(['p:p2 Ada', 'p:p3 Bob heard', 's:p2/screen Ada still']);
  });

  test('goes by names where there are no numbers', () => {
    const streams = [lanStream('', 'Ada', { participant: null, key: 'a' })];
    expect(told(streams)).toEqual(['p:Ada Ada']);
  });

  test('hears everybody once', () => {
    const voice = lanStream('p2', 'Ada', { source: 'microphone', media: both });
    const sound = lanStream('p2', 'Ada', { source: 'screenAudio' });
    expect(voicesOf([voice, lanStream('p2', 'Ada', { media: both }), sound])).toEqual([both, sound.media]);
    expect(voicesOf([lanStream('p2', 'Ada')])).toEqual([]);
  });
});
