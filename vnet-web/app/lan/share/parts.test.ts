import { describe, expect, test, vi } from 'vitest';
import { testTrack } from '../../test/media';
import { readSignal, readToChild, readToParent } from './channel';
import { Costs } from './cost';
import { type LocalNetwork, localNetwork, reasonOf } from './diagnose';
import { Incoming } from './incoming';
import type { SectionMeasure } from './measure';
import { Together } from './together';

describe('why two do not find each other', () => {
  const page = { host: 'vnet.example.org', isSecure: true };
  const found = { own: ['192.168.1.2'], theirs: ['192.168.1.3'], secure: true, tried: true };
  const hidden = ['0b0a.local'];

  test.each<[string, object, LocalNetwork, object, string]>([
    ['addresses on both sides', {}, 'unknown', {}, 'blocked'],
    ['names on both sides', { own: hidden, theirs: hidden }, 'unknown', {}, 'multicast'],
    ['a name on one side only', { own: hidden }, 'unknown', {}, 'blocked'],
    ['a permission that is denied', { own: hidden, theirs: hidden }, 'denied', {}, 'permission'],
    ['one that was not asked for', { tried: false }, 'prompt', {}, 'permission'],
    ['addresses that were tried in vain, whatever was asked', {}, 'prompt', {}, 'blocked'],
    [
      'one that a page from here does not need',
      { tried: false },
      'prompt',
      { host: '192.168.1.9' },
      'blocked',
    ],
    ['one that is granted', {}, 'granted', {}, 'blocked'],
    [
      'a sharer without a secure context, which tells nothing',
      { theirs: [], secure: false },
      'unknown',
      {},
      'insecure',
    ],
    ['the same of oneself', { own: hidden }, 'unknown', { isSecure: false }, 'insecure'],
    ['no secure context, but addresses', { secure: false }, 'unknown', { isSecure: false }, 'blocked'],
  ])('%s', (_, evidence, permission, where, reason) => {
    expect(reasonOf({ ...found, ...evidence }, permission, { ...page, ...where })).toBe(reason);
  });

  test('the permission has two names, and may have none', async () => {
    const query = vi.fn(async ({ name }: { name: string }) => {
      if (name !== 'local-network') throw new TypeError('unknown');
      return { state: 'denied' };
    });
    vi.stubGlobal('navigator', { permissions: { query } });
    expect(await localNetwork()).toBe('denied');
    query.mockRejectedValue(new TypeError('unknown'));
    expect(await localNetwork()).toBe('unknown');
    vi.stubGlobal('navigator', {});
    expect(await localNetwork()).toBe('unknown');
    vi.unstubAllGlobals();
  });
});

describe('what it costs', () => {
  const section = (seconds: number, change: Partial<SectionMeasure> = {}): SectionMeasure => {
    return { key: 'eve/camera 1', seconds, rate: 30, sourceRate: 30, limited: false, lag: 0, ...change };
  };
  /** Takes measures of so many links, one a second, each a second of the clock after the other. */
  function run(
    costs: Costs,
    links: number,
    from: number,
    to: number,
    change: Partial<SectionMeasure> = {},
    least = 1,
  ) {
    const changes: number[] = [];
    for (let second = from; second <= to; second += 1) {
      const all = Array.from({ length: links }, (_, link) => ({
        link,
        sections: [section(second * 0.1, change)],
      }));
      if (costs.take(all, least, second * 1_000)) changes.push(second);
    }
    return changes;
  }

  test('is the share of one core that all links take together', () => {
    const costs = new Costs(8);
    run(costs, 3, 0, 10);
    expect(costs.cost(3)).toMatchObject({ overloaded: false, children: 3 });
    expect(costs.cost(3)?.cpu).toBeCloseTo(0.3);
    expect(costs.cost(0)).toBeNull();
  });

  test.each<[string, Partial<SectionMeasure>]>([
    ['the browser says so', { limited: true }],
    ['frames are left out', { rate: 20 }],
    ['frames wait', { lag: 300 }],
  ])('too much when %s, but not at once: then one child less', (_, change) => {
    const costs = new Costs(8);
    expect(run(costs, 3, 0, 4, change)).toEqual([]);
    expect(costs.cost(3)?.overloaded).toBe(false);
    expect(run(costs, 3, 5, 5, change)).toEqual([5]);
    expect([costs.capacity, costs.cost(3)?.overloaded]).toEqual([2, true]);
    // One at a time, and never the last one of who shares.
    expect(run(costs, 2, 6, 10, change)).toEqual([10]);
    expect(run(costs, 1, 11, 30, change)).toEqual([]);
    expect(costs.capacity).toBe(1);
  });

  test('lets one more come when it has been calm for a minute', () => {
    const costs = new Costs(3);
    run(costs, 3, 0, 5, { limited: true });
    expect(costs.capacity).toBe(2);
    expect(run(costs, 2, 6, 65)).toEqual([]);
    expect(run(costs, 2, 66, 300)).toEqual([66]);
    expect(costs.capacity).toBe(3);
  });

  test('a relay may pass on to nobody', () => {
    const costs = new Costs(3);
    run(costs, 1, 0, 5, { limited: true }, 0);
    expect(costs.capacity).toBe(0);
  });

  test('a source that hardly moves is no measure', () => {
    const costs = new Costs(8);
    expect(run(costs, 3, 0, 60, { rate: 0, sourceRate: 1 })).toEqual([]);
  });
});

describe('what comes', () => {
  const listed = {
    mid: '0',
    key: 'eve/screen',
    participant: 'eve',
    name: 'Eve',
    source: 'screen',
    way: 'encoded',
    seq: 1,
  } as const;
  const make = () => new Incoming(listed, {} as RTCRtpTransceiver);

  test('slow pictures may be slow, as long as beats come', () => {
    const one = make();
    let decoded = 0;
    let now = 0;
    const look = (frames: number) => {
      now += 100;
      decoded += frames;
      one.look({ now, decoded, given: decoded, beatAt: now });
      return one.state;
    };
    look(0);
    // Two frames a second.
    const states = Array.from({ length: 100 }, (_, at) => look(at % 5 === 4 ? 1 : 0));
    expect(new Set(states.slice(5))).toEqual(new Set(['playing']));
  });

  test('a screen on which nothing moves is there as long as beats come, of which two may be missing', () => {
    const one = make();
    const look = (now: number, beatAt: number) => {
      one.look({ now, decoded: Math.min(Math.floor(now / 100), 10), given: 10, beatAt });
      return one.state;
    };
    for (let now = 0; now < 1_000; now += 100) look(now, now);
    expect(look(5_000, 4_900)).toBe('playing');
    expect(look(5_490, 4_900)).toBe('playing');
    expect(look(5_500, 4_900)).toBe('stalled');
  });

  test('what is not decoded within three seconds is told once, and what is decoded, too', () => {
    const one = make();
    const told = Array.from({ length: 60 }, (_, at) =>
      one.look({ now: at * 100, decoded: at < 50 ? 7 : 8, given: at, beatAt: at * 100 }),
    );
    expect(told.map((ok, at) => [at, ok]).filter(([, ok]) => ok !== null)).toEqual([
      [31, false],
      [50, true],
    ]);
    one.restart({ ...listed, seq: 2 });
    expect(one.state).toBe('starting');
    expect(one.look({ now: 7_000, decoded: 8, given: 60, beatAt: 7_000 })).toBeNull();
    expect(one.look({ now: 7_100, decoded: 9, given: 61, beatAt: 7_100 })).toBe(true);
  });

  test('a voice comes as long as beats do', () => {
    const one = new Incoming({ ...listed, source: 'microphone' }, {} as RTCRtpTransceiver);
    expect(one.look({ now: 1_000, decoded: 0, given: null, beatAt: 950 })).toBeNull();
    expect(one.state).toBe('playing');
    one.look({ now: 2_000, decoded: 0, given: null, beatAt: 950 });
    expect(one.state).toBe('stalled');
  });
});

describe('what belongs together', () => {
  test('stays one stream while the picture is the same, and holds nothing of others', () => {
    const together = new Together();
    const [picture, other, voice] = [testTrack('video'), testTrack('video'), testTrack('audio')];
    const first = together.arrange([['eve', picture]]).get('eve');
    expect(
      together
        .arrange([
          ['eve', picture],
          ['eve', voice],
        ])
        .get('eve'),
    ).toBe(first);
    expect(first?.getTracks()).toHaveLength(2);
    const streams = together.arrange([
      ['eve', picture],
      ['bob', voice],
    ]);
    expect(streams.get('eve')?.getTracks()).toEqual([picture]);
    expect(streams.get('bob')?.getTracks()).toEqual([voice]);
    const next = together
      .arrange([
        ['eve', other],
        ['eve', voice],
      ])
      .get('eve');
    expect(next).not.toBe(first);
    expect(together.arrange([]).size).toBe(0);
  });
});

describe('messages of the other side', () => {
  test('that are not understood are skipped', () => {
    for (const text of [
      '',
      '[]',
      'null',
      '{"type":"beat"}',
      '{"type":"tracks"}',
      '{"type":"state","mid":1}',
      7,
    ]) {
      expect([readToChild(text), readToParent(text)]).toEqual([null, null]);
    }
    for (const data of [null, 7, [], {}, { description: { type: 'rollback' } }, { candidate: 'x' }])
      expect(readSignal(data)).toBeNull();
    const track = { mid: '0', key: 'a', seq: 1, source: 'camera' };
    const text = JSON.stringify({
      type: 'tracks',
      tracks: [track, null, { ...track, source: 'mind' }, { ...track, mid: 0 }],
    });
    expect(readToChild(text)).toEqual({
      type: 'tracks',
      tracks: [{ ...track, participant: null, name: '', way: 'transcoded' }],
    });
  });
});
