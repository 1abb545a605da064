import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWorld } from './fake-meeting';
import type { FakeRtc } from './fake-wire';

let world: FakeWorld;
/** Nothing comes from the meeting. */
let still = false;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('isSecureContext', true);
  world = new FakeWorld();
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** Ada shares with Bob; the parent's end of their link, and how things are at Bob's. */
async function pair() {
  const ada = world.person('ada', 'Ada');
  ada.meeting.shows(['eve', 'camera']);
  ada.meeting.receivers.set('eve-camera', receiver());
  const bob = world.person('bob', 'Bob');
  await pass(0);
  ada.session.open();
  await pass(0);
  ada.session.invite(bob.socket().device);
  await pass(0);
  bob.session.ask(bob.session.state().invitation?.share ?? 0);
  await pass(0);
  const [down] = world.wire.open as [FakeRtc];
  const states = () =>
    bob.session.state().received.map(({ name, source, state }) => `${name} ${source} ${state}`);
  const said = (type: string) => down.channel.sent.filter((one) => one.type === type);
  return { ada, bob, down, states, said };
}

function receiver(): RTCRtpReceiver {
  let frames = 0;
  const getStats = async () => {
    if (!still) frames += 3;
    return new Map([['in', { type: 'inbound-rtp', framesReceived: frames }]]);
  };
  return { getStats } as unknown as RTCRtpReceiver;
}

describe('what is shared', () => {
  test('reaches the child in a moment, and touches nothing else', async () => {
    const { ada, down, states } = await pair();
    await pass(500);
    const [first] = down.sections;
    const track = first?.sender.track;
    ada.meeting.shows(['eve', 'camera'], ['eve', 'screen']);
    await pass(0);
    expect(states()).toEqual(['Eve camera playing', 'Eve screen starting']);
    await pass(400);
    expect(states()).toEqual(['Eve camera playing', 'Eve screen playing']);
    expect(down.sections[1]?.sender.track?.contentHint).toBe('detail');
    ada.meeting.shows(['eve', 'screen']);
    await pass(0);
    expect(states()).toEqual(['Eve screen playing']);
    expect([down.sections.length, down.offers, first?.sender.track, track?.readyState]).toEqual([
      2,
      2,
      null,
      'ended',
    ]);
  });

  test('takes a section that is free, without an offer, but not while frames of another may be under way', async () => {
    const { ada, down, states } = await pair();
    await pass(500);
    ada.meeting.shows(['cyd', 'camera']);
    await pass(0);
    expect(down.sections).toHaveLength(2);
    await pass(1_100);
    ada.meeting.shows(['cyd', 'camera'], ['bob', 'screen'], ['eve', 'camera']);
    await pass(1_000);
    expect(states()).toEqual(['Cyd camera playing', 'Eve camera playing']);
    ada.meeting.shows(['cyd', 'camera'], ['eve', 'camera']);
    await pass(0);
    expect([down.sections.length, down.offers]).toEqual([3, 3]);
  });

  test('goes on when its track is another, and is another track then', async () => {
    const { ada, down, states } = await pair();
    await pass(500);
    const before = down.sections[0]?.sender.track;
    const { streams } = ada.meeting.store.snapshot;
    ada.meeting.shows();
    ada.meeting.shows(['eve', 'camera']);
    await pass(0);
    expect(streams[0]?.media).not.toBe(ada.meeting.store.snapshot.streams[0]?.media);
    expect(down.sections).toHaveLength(1);
    expect(down.sections[0]?.sender.track).not.toBe(before);
    await pass(400);
    expect(states()).toEqual(['Eve camera playing']);
    expect(down.offers).toBe(1);
  });
});

describe('compressed frames', () => {
  beforeEach(() => {
    world.codecs.push('vp8');
  });

  test('are passed on as they came', async () => {
    const { ada, bob, down } = await pair();
    await pass(500);
    const [carrier] = world.carriers;
    expect(carrier?.receiver).toBe(ada.meeting.receivers.get('eve-camera'));
    expect(down.sections[0]?.sender.track).toBe(carrier?.track);
    expect(carrier?.calls).toEqual(['attach']);
    expect(bob.session.state().received).toMatchObject([{ way: 'encoded', state: 'playing' }]);
    expect(ada.session.state().members[1]).toMatchObject({ name: 'Bob', way: 'encoded' });
    ada.session.stop();
    expect(carrier?.calls).toEqual(['attach', 'stop']);
  });

  test('that the child cannot decode are given up for pictures that are compressed anew', async () => {
    const { bob, down, states } = await pair();
    const [carrier] = world.carriers;
    world.wire.undecodable.add(carrier?.track as MediaStreamTrack);
    await pass(2_500);
    expect(states()).toEqual(['Eve camera starting']);
    await pass(1_500);
    expect(states()).toEqual(['Eve camera playing']);
    expect(bob.session.state().received[0]?.way).toBe('transcoded');
    expect(carrier?.calls).toEqual(['attach', 'passThrough', 'stop']);
    expect(down.sections).toHaveLength(1);
    expect(down.offers).toBe(1);
  });

  test('that break off later are given up, too', async () => {
    const { bob, states } = await pair();
    await pass(1_000);
    world.wire.undecodable.add(world.carriers[0]?.track as MediaStreamTrack);
    await pass(2_000);
    expect(states()).toEqual(['Eve camera stalled']);
    await pass(3_000);
    expect(bob.session.state().received).toMatchObject([{ way: 'transcoded', state: 'playing' }]);
  });

  test('that do not fit are given up at once', async () => {
    const { bob } = await pair();
    await pass(200);
    if (world.carriers[0]) world.carriers[0].unfit = true;
    await pass(700);
    expect(bob.session.state().received).toMatchObject([{ way: 'transcoded', state: 'playing' }]);
  });

  test('are passed on once more by a relay, from where they arrive', async () => {
    world.hall.most = 1;
    const { ada } = await pair();
    await pass(500);
    const cyd = world.person('cyd', 'Cyd');
    await pass(0);
    ada.session.invite(cyd.socket().device);
    await pass(0);
    cyd.session.ask(cyd.session.state().invitation?.share ?? 0);
    await pass(500);
    expect(cyd.session.state()).toMatchObject({
      role: { parent: 'Bob' },
      received: [{ way: 'encoded', state: 'playing' }],
    });
    const [, second] = world.carriers;
    expect(world.kept).toContain(second?.receiver);
    expect(second?.receiver.track).toBe(world.wire.open[1]?.sections[0]?.receiver.track);
  });

  test('are not for a child that cannot do with them', async () => {
    const { ada } = await pair();
    world.codecs.length = 0;
    const cyd = world.person('cyd', 'Cyd');
    await pass(0);
    ada.session.invite(cyd.socket().device);
    await pass(0);
    cyd.session.ask(cyd.session.state().invitation?.share ?? 0);
    await pass(500);
    expect(cyd.session.state().received).toMatchObject([{ way: 'transcoded', state: 'playing' }]);
  });
});

describe('a child', () => {
  test('says within half a second that nothing comes any more, and another link is made', async () => {
    const { bob, states, ada } = await pair();
    await pass(1_000);
    world.wire.cut();
    await pass(700);
    expect(states()).toEqual(['Eve camera stalled']);
    await pass(5_000);
    world.wire.mend();
    expect(bob.socket().said.filter(({ type }) => type === 'relink')).toMatchObject([{ reason: 'stalled' }]);
    await pass(6_000);
    expect(states()).toEqual(['Eve camera playing']);
    expect(ada.session.state().members).toHaveLength(2);
  });

  test('shows again what stood still only when it has gone well for a second', async () => {
    const { states } = await pair();
    await pass(1_000);
    world.wire.cut();
    await pass(1_000);
    world.wire.mend();
    await pass(600);
    expect(states()).toEqual(['Eve camera stalled']);
    await pass(1_000);
    expect(states()).toEqual(['Eve camera playing']);
  });

  test('is patient with a screen on which nothing moves, and not with one that does', async () => {
    const { ada, down, states } = await pair();
    ada.meeting.shows(['eve', 'screen']);
    await pass(1_000);
    const track = down.sections[1]?.sender.track as MediaStreamTrack;
    world.wire.still.add(track);
    await pass(20_000);
    expect(states()).toEqual(['Eve screen playing']);
    world.wire.still.clear();
    world.wire.undecodable.add(track);
    await pass(1_500);
    expect(states()).toEqual(['Eve screen stalled']);
  });

  test('does not wait for a camera that stands still, but does not blame the way it comes for it', async () => {
    world.codecs.push('vp8');
    const { bob, down, states, said } = await pair();
    await pass(1_000);
    const track = down.sections[0]?.sender.track as MediaStreamTrack;
    still = true;
    world.wire.still.add(track);
    await pass(700);
    expect(states()).toEqual(['Eve camera stalled']);
    await pass(10_000);
    still = false;
    world.wire.still.clear();
    await pass(2_000);
    expect(bob.session.state().received).toMatchObject([{ way: 'encoded', state: 'playing' }]);
    expect(said('tracks')).toHaveLength(1);
  });

  test('asks for another link when the connection fails', async () => {
    const { bob, down, states } = await pair();
    await pass(1_000);
    down.partner?.becomes('failed');
    await pass(1_000);
    expect(bob.socket().said.filter(({ type }) => type === 'relink')).toMatchObject([{ reason: 'failed' }]);
    expect(states()).toEqual(['Eve camera playing']);
    expect(down.connectionState).toBe('closed');
  });
});

describe('a parent', () => {
  test('beats five times a second, with what each source has given', async () => {
    const { said } = await pair();
    await pass(2_000);
    expect(said('beat').length).toBeGreaterThanOrEqual(9);
    expect(said('beat').length).toBeLessThanOrEqual(11);
    const last = said('beat').at(-1) as unknown as { frames: Record<string, number> };
    expect(last.frames['0']).toBeGreaterThan(30);
  });

  test('says what it costs', async () => {
    const { ada } = await pair();
    await pass(3_000);
    // A hundredth of a second for each of thirty frames a second.
    expect(ada.session.state().cost?.cpu).toBeCloseTo(0.3, 1);
    expect(ada.session.state().cost).toMatchObject({ overloaded: false, children: 1 });
  });
});
