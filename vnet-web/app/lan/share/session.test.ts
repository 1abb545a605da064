import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWorld, stream } from './fake-meeting';
import type { ShareSession } from './session';

let world: FakeWorld;

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

const settle = () => vi.advanceTimersByTimeAsync(0);
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const roleOf = (session: ShareSession) => session.state().role.kind;
const shown = (session: ShareSession, state = 'playing') =>
  session
    .state()
    .received.filter((one) => one.state === state)
    .map(({ name, source }) => `${name} ${source}`);

/** Ada shares, and these receive what she invited them to. */
async function share(...others: [id: string, name: string][]) {
  const ada = world.person('ada', 'Ada');
  ada.meeting.shows(['eve', 'camera']);
  const receivers = others.map(([id, name]) => world.person(id, name));
  await settle();
  ada.session.open();
  await settle();
  for (const { session } of receivers) {
    const { device } = ada.session
      .state()
      .nearby.find(({ device }) => device === receiverNumber(session, receivers)) ?? { device: 0 };
    ada.session.invite(device);
    await settle();
    session.ask(session.state().invitation?.share ?? 0);
    await settle();
  }
  await pass(500);
  return { ada, receivers };
}

/** The number of who has this session. */
function receiverNumber(
  session: ShareSession,
  receivers: readonly { session: ShareSession; socket: () => { device: number } }[],
) {
  return receivers.find((one) => one.session === session)?.socket().device ?? 0;
}

describe('a share', () => {
  test('is opened, shown to those nearby, and what plays is received, with names', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    expect(ada.session.state()).toMatchObject({
      online: true,
      role: { kind: 'sharing', code: '123456', expiresAt: Date.now() + 120_000 - 500 },
      members: [
        { name: 'Ada', parent: null, depth: 0, isSelf: true },
        { name: 'Bob', depth: 1, isSelf: false, way: 'transcoded', streams: 1 },
      ],
      cost: { children: 1, overloaded: false },
    });
    expect(bob?.session.state()).toMatchObject({
      role: { kind: 'receiving', from: 'Ada', parent: null, connected: true },
      invitation: null,
      problem: null,
    });
    expect(bob?.session.state().received).toMatchObject([
      {
        key: 'eve/camera',
        name: 'Eve',
        participant: 'eve',
        source: 'camera',
        way: 'transcoded',
        state: 'playing',
      },
    ]);
    expect(world.wire.connections[0]?.configuration).toEqual({
      iceServers: [{ urls: 'stun:x.org' }],
      bundlePolicy: 'max-bundle',
    });
  });

  test('is asked for, and the sharer lets in or does not', async () => {
    const { ada } = await share();
    const [bob, cyd] = [world.person('bob', 'Bob'), world.person('cyd', 'Cyd')];
    await settle();
    expect(bob.session.state().shares).toMatchObject([{ name: 'Ada', receivers: 0 }]);
    for (const { session } of [bob, cyd]) session.ask(session.state().shares[0]?.share ?? 0);
    expect(bob.session.state().role).toEqual({ kind: 'asking', name: 'Ada' });
    await settle();
    expect(ada.session.state().asked.map(({ name, by }) => [name, by])).toEqual([
      ['Bob', 'nearby'],
      ['Cyd', 'nearby'],
    ]);
    ada.session.admit(bob.socket().device);
    ada.session.refuse(cyd.socket().device);
    await settle();
    expect(ada.session.state().asked).toEqual([]);
    expect([roleOf(bob.session), roleOf(cyd.session)]).toEqual(['receiving', 'idle']);
    expect(cyd.session.state().problem).toBe('refused');
    ada.session.putOut(bob.socket().device);
    await settle();
    expect([roleOf(bob.session), bob.session.state().problem]).toEqual(['idle', 'put-out']);
  });

  test('ends for all at once, and leaves nothing open', async () => {
    const {
      ada,
      receivers: [bob, cyd],
    } = await share(['bob', 'Bob'], ['cyd', 'Cyd']);
    const clones = world.wire.connections.flatMap(({ sections }) =>
      sections.map(({ sender }) => sender.track),
    );
    cyd?.session.stop();
    await settle();
    expect(ada.session.state().members.map(({ name }) => name)).toEqual(['Ada', 'Bob']);
    expect(world.wire.open).toHaveLength(2);
    ada.session.stop();
    await settle();
    expect(bob?.session.state()).toMatchObject({ role: { kind: 'idle' }, received: [], problem: 'ended' });
    expect(cyd?.session.state().problem).toBeNull();
    expect(world.wire.open).toHaveLength(0);
    expect(clones.filter((track) => track?.readyState === 'live')).toEqual([]);
    expect(ada.meeting.track('eve-camera').readyState).toBe('live');
  });

  test('does not send to anybody what is one’s own, nor voices to those in the meeting', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    ada.meeting.shows(['eve', 'camera'], ['eve', 'microphone'], ['bob', 'camera']);
    await pass(500);
    expect(shown(bob?.session as ShareSession)).toEqual(['Eve camera']);
    expect(world.wire.open[0]?.sections.map(({ kind }) => kind)).toEqual(['video', 'video']);
  });

  test('does not share what stands still because its own connection is lost', async () => {
    const { ada, receivers } = await share(['bob', 'Bob']);
    ada.meeting.becomes({ state: { kind: 'reconnecting', what: 'media' } });
    await settle();
    expect(receivers[0]?.session.state().received).toEqual([]);
    ada.meeting.becomes({ state: { kind: 'joined' } });
    await pass(500);
    expect(shown(receivers[0]?.session as ShareSession)).toEqual(['Eve camera']);
  });

  test('goes with the meeting', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    ada.meeting.becomes({ state: { kind: 'left', reason: 'left', detail: null } });
    await settle();
    expect(bob?.session.state().problem).toBe('ended');
    expect(world.hall.devices).toHaveLength(1);
  });
});

describe('a code', () => {
  test('is asked with, and wrong ones are told', async () => {
    const { ada } = await share();
    const bob = world.person('bob', 'Bob');
    await settle();
    bob.session.askByCode('999999');
    expect(bob.session.state().role).toEqual({ kind: 'asking', name: null });
    await settle();
    expect(bob.session.state()).toMatchObject({ role: { kind: 'idle' }, problem: 'unknown-code' });
    bob.session.askByCode('123456');
    await settle();
    expect(bob.session.state().problem).toBeNull();
    expect(ada.session.state().asked).toMatchObject([{ name: 'Bob', by: 'code', viewer: false }]);
    ada.session.renewCode();
    await settle();
    expect(ada.session.state().role).toMatchObject({ kind: 'sharing', code: '654321' });
  });

  test('lets a second screen in, which hears and sees, and is gone afterwards', async () => {
    const { ada } = await share();
    ada.meeting.shows(['eve', 'camera'], ['eve', 'microphone']);
    const screen = world.viewer('Hall', '123456');
    await settle();
    expect(ada.session.state().asked).toMatchObject([{ name: 'Hall', by: 'code', viewer: true }]);
    ada.session.admit(screen.socket().device);
    await pass(500);
    expect(shown(screen.session).sort()).toEqual(['Eve camera', 'Eve microphone']);
    const [one, other] = screen.session.state().received;
    expect(one?.media).toBe(other?.media);
    expect(
      one?.media
        .getTracks()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['audio', 'video']);
    // Both are offered as parts of one stream, too.
    expect(new Set(world.wire.open[0]?.sections.map((section) => section.stream)).size).toBe(1);
    ada.session.stop();
    await settle();
    expect(screen.session.state()).toMatchObject({ online: false, role: { kind: 'idle' }, problem: 'ended' });
    expect(world.hall.devices).toHaveLength(1);
    screen.session.askByCode('111111');
    await settle();
    expect(screen.session.state()).toMatchObject({ online: false, problem: 'unknown-code' });
  });
});

describe('a second screen', () => {
  test('asks again by itself when its connection to the server breaks', async () => {
    const { ada } = await share();
    const screen = world.viewer('Hall', '123456');
    await settle();
    ada.session.admit(screen.socket().device);
    await pass(500);
    screen.socket().drop(1006);
    await settle();
    expect(screen.session.state()).toMatchObject({ role: { kind: 'asking', name: 'Ada' }, received: [] });
    await pass(1_000);
    expect(shown(screen.session)).toEqual(['Eve camera']);
  });
});

describe('a tree', () => {
  test('passes pictures on, and voices if somebody down there wants them', async () => {
    world.hall.most = 1;
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    ada.meeting.shows(['eve', 'camera'], ['eve', 'microphone']);
    const screen = world.viewer('Hall', '123456');
    await settle();
    ada.session.admit(screen.socket().device);
    await pass(2_000);
    expect(screen.session.state().role).toEqual({
      kind: 'receiving',
      from: 'Ada',
      parent: 'Bob',
      connected: true,
    });
    expect(shown(screen.session).sort()).toEqual(['Eve camera', 'Eve microphone']);
    expect(shown(bob?.session as ShareSession)).toEqual(['Eve camera']);
    expect(bob?.session.state().cost?.children).toBe(1);
    // The relay goes: its child hangs on the sharer at once.
    bob?.session.stop();
    await pass(1_000);
    expect(screen.session.state().role).toMatchObject({ parent: null, connected: true });
    expect(shown(screen.session).sort()).toEqual(['Eve camera', 'Eve microphone']);
  });

  test('does not pass on what stands still', async () => {
    world.hall.most = 1;
    const {
      ada,
      receivers: [bob, cyd],
    } = await share(['bob', 'Bob'], ['cyd', 'Cyd']);
    await pass(1_000);
    expect(shown(cyd?.session as ShareSession)).toEqual(['Eve camera']);
    const [down] = world.wire.open;
    world.wire.undecodable.add(down?.sections[0]?.sender.track as MediaStreamTrack);
    await pass(1_500);
    expect(shown(bob?.session as ShareSession, 'stalled')).toEqual(['Eve camera']);
    expect(cyd?.session.state().received).toEqual([]);
    expect(roleOf(ada.session)).toBe('sharing');
  });
});

describe('the connection to the server', () => {
  test('breaks for the sharer: all is as before a moment later, and nobody is asked', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    ada.socket().drop(1006);
    await settle();
    expect(ada.session.state()).toMatchObject({ online: false, role: { kind: 'sharing' }, members: [] });
    expect(bob?.session.state()).toMatchObject({ role: { kind: 'idle' }, received: [], problem: 'left' });
    await pass(1_500);
    expect(ada.session.state()).toMatchObject({ online: true, role: { kind: 'sharing' }, asked: [] });
    expect(shown(bob?.session as ShareSession)).toEqual(['Eve camera']);
    expect(bob?.session.state().problem).toBeNull();
  });

  test("breaks for the sharer: others with the same names take nobody's place", async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    const [otherAda, otherBob] = [world.person('ada2', 'Ada'), world.person('bob2', 'Bob')];
    await settle();
    ada.socket().drop(1006);
    world.hall.isDown = true;
    otherAda.session.open();
    await settle();
    expect(bob?.session.state()).toMatchObject({
      role: { kind: 'idle' },
      shares: [{ name: 'Ada', known: false }],
    });
    expect(otherAda.session.state().asked).toEqual([]);
    otherAda.session.stop();
    world.hall.isDown = false;
    await pass(5_000);
    expect(shown(bob?.session as ShareSession)).toEqual(['Eve camera']);
    otherBob.session.ask(otherBob.session.state().shares[0]?.share ?? 0);
    await settle();
    expect(ada.session.state().asked).toMatchObject([{ name: 'Bob' }]);
    expect(otherBob.session.state().role).toEqual({ kind: 'asking', name: 'Ada' });
  });

  test('breaks for a receiver, which asks again by itself, but not for ever', async () => {
    const {
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    bob?.socket().drop(1006);
    expect(bob?.session.state()).toMatchObject({ online: false, role: { kind: 'idle' }, received: [] });
    await pass(1_500);
    expect(shown(bob?.session as ShareSession)).toEqual(['Eve camera']);
    world.hall.isDown = true;
    bob?.socket().drop(1006);
    await pass(61_000);
    world.hall.isDown = false;
    await pass(31_000);
    expect(bob?.session.state()).toMatchObject({
      online: true,
      role: { kind: 'idle' },
      shares: [{ name: 'Ada' }],
    });
  });

  test('is not asked for again by a receiver that has stopped', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    ada.socket().drop(1006);
    await settle();
    bob?.session.stop();
    await pass(5_000);
    expect(bob?.session.state()).toMatchObject({ role: { kind: 'idle' }, shares: [{ name: 'Ada' }] });
  });

  test('that does not come back is told to who needs it, and tried on', async () => {
    const { ada } = await share();
    world.hall.isDown = true;
    ada.socket().drop(1006);
    await pass(2_000);
    expect(ada.session.state().problem).toBe('unreachable-server');
    world.hall.isDown = false;
    await pass(30_000);
    expect(ada.session.state()).toMatchObject({ online: true, problem: null, role: { kind: 'sharing' } });
  });

  test('ends with the session', async () => {
    const { ada } = await share();
    ada.socket().drop(4401);
    await pass(60_000);
    expect(ada.session.state()).toMatchObject({
      online: false,
      role: { kind: 'idle' },
      problem: 'signed-out',
    });
    expect(world.hall.devices).toHaveLength(0);
  });
});

describe('an invitation', () => {
  test('is shown, and may be declined', async () => {
    const { ada } = await share();
    const bob = world.person('bob', 'Bob');
    await settle();
    const { device } = bob.socket();
    ada.session.invite(device);
    expect(ada.session.state().nearby).toEqual([{ device, name: 'Bob', invited: true }]);
    await settle();
    const { invitation } = bob.session.state();
    expect(invitation?.name).toBe('Ada');
    bob.session.decline(invitation?.share ?? 0);
    await settle();
    expect(bob.session.state().invitation).toBeNull();
    expect(ada.session.state().nearby).toEqual([{ device, name: 'Bob', invited: false }]);
  });
});

describe('devices that do not reach each other', () => {
  test('try three times, and then say why', async () => {
    world.wire.reaches = false;
    const {
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    await pass(19_000);
    expect(bob?.session.state()).toMatchObject({
      role: { kind: 'receiving', connected: false },
      problem: null,
    });
    await pass(1_500);
    expect(bob?.session.state()).toMatchObject({ role: { kind: 'idle' }, problem: 'blocked' });
    expect(bob?.socket().said.filter(({ type }) => type === 'relink')).toHaveLength(4);
  });
});

describe('bytes', () => {
  test('count as saved while the meeting sends nothing of them here, and are reported', async () => {
    const {
      ada,
      receivers: [bob],
    } = await share(['bob', 'Bob']);
    bob?.meeting.becomes({ streams: [stream('eve', 'camera', 'playing')] });
    await pass(5_000);
    expect(bob?.session.state().savedBytes).toBe(0);
    bob?.meeting.becomes({ streams: [stream('eve', 'camera', 'off')] });
    await pass(5_000);
    const { savedBytes = 0 } = bob?.session.state() ?? {};
    // Thirty frames a second of a thousand bytes each.
    expect(savedBytes).toBeGreaterThanOrEqual(120_000);
    await pass(5_000);
    expect(ada.session.state().savedNearby).toBeGreaterThanOrEqual(savedBytes);
    expect(ada.session.state().members[1]?.bytes).toBe(ada.session.state().savedNearby);
    expect(bob?.session.figures().get('eve/camera')?.bytes).toBeGreaterThan(0);
  });
});
