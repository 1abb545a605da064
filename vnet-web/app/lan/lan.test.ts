import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Conference, ConferenceSnapshot, Source, Stream } from '../conference/conference';
import { ConferenceStore } from '../conference/store';
import { testTrack } from '../test/media';
import { FakeConnection, FakeRoom } from './fake-net';
import { Lan } from './lan';

/** A meeting of which only the snapshot is looked at. */
class Meeting {
  readonly store = new ConferenceStore();
  readonly conference: Conference;

  constructor(name: string, id: string) {
    const self = {
      id,
      name,
      isSelf: true,
      role: 'guest',
      hand: false,
      connected: true,
      quality: null,
      level: 0,
    } as const;
    this.store.update({
      self,
      participants: [self, { ...self, id: 'eve', name: 'Eve', isSelf: false }],
      state: { kind: 'joined' },
    });
    const { store } = this;
    this.conference = {
      snapshot: () => store.snapshot,
      subscribe: (listener: () => void) => store.subscribe(listener),
    } as Conference;
  }

  shows(...streams: [string, Source][]): void {
    const before = new Map(this.store.snapshot.streams.map((one) => [one.id, one]));
    this.store.update({ streams: streams.map(([id, source]) => before.get(id) ?? playing(id, source)) });
  }

  becomes(change: Partial<ConferenceSnapshot>): void {
    this.store.update(change);
  }
}

function playing(id: string, source: Source): Stream {
  return {
    id,
    participant: 'eve',
    source,
    muted: false,
    state: 'playing',
    media: new MediaStream([testTrack('video')]),
  };
}

let room: FakeRoom;
let connections: FakeConnection[];
let lans: Lan[];

beforeEach(() => {
  vi.useFakeTimers();
  room = new FakeRoom();
  connections = [];
  lans = [];
});
afterEach(() => {
  for (const lan of lans) lan.stop();
  vi.useRealTimers();
});

function lanOf(meeting: Meeting): Lan {
  const makeConnection = (configuration: RTCConfiguration) => {
    const connection = new FakeConnection(configuration, () => testTrack('video'));
    connections.push(connection);
    return connection as unknown as RTCPeerConnection;
  };
  const settings = { server: 'ws://x.org/vnet/ps/', iceServers: [{ urls: 'stun:x.org' }] };
  const lan = new Lan(meeting.conference, settings, { openSocket: room.open, makeConnection });
  lans.push(lan);
  return lan;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const linkOf = (lan: Lan) => {
  const state = lan.state();
  return state.kind === 'idle' ? null : state.link;
};
const namesAt = (lan: Lan) => {
  const state = lan.state();
  return state.kind === 'receiving' ? state.received.map(({ name, source }) => `${name} ${source}`) : [];
};

/** Two who are connected; both connections and the host's messages. */
async function pair() {
  const [ada, bob] = [new Meeting('Ada', 'ada'), new Meeting('Bob', 'bob')];
  ada.shows(['s1', 'camera']);
  const [host, guest] = [lanOf(ada), lanOf(bob)];
  host.share();
  await settle();
  guest.receive('123456');
  await settle();
  const at = connections.length - 2;
  const ends = [connections[at], connections[at + 1]].sort((one) => (one?.channel ? -1 : 1));
  const [theirs, ours] = ends;
  if (!theirs?.channel || !ours) throw new Error('no connections');
  theirs.becomes('connected');
  ours.becomes('connected');
  const channel = new (theirs.channel.constructor as new () => NonNullable<FakeConnection['channel']>)();
  [channel.other, theirs.channel.other] = [theirs.channel, channel];
  ours.dispatchEvent(Object.assign(new Event('datachannel'), { channel }));
  theirs.channel.opens();
  channel.opens();
  await settle();
  return { ada, bob, host, guest, theirs, ours, channel };
}

describe.each([
  ['a server without echo', false],
  ['a server that echoes, as the original', true],
])('two of us over %s', (_, echo) => {
  beforeEach(() => {
    room = new FakeRoom(echo);
  });

  test('connect with one socket each, and the pictures have names', async () => {
    const { host, guest, theirs, ours } = await pair();
    expect(room.opened).toHaveLength(2);
    expect(connections).toHaveLength(2);
    expect(room.opened[0]?.address).toContain('?echo=off');
    expect(theirs.configuration.iceServers).toEqual([{ urls: 'stun:x.org' }]);
    expect(linkOf(host)).toEqual({ phase: 'connected', problem: null, peer: 'Bob', over: false });
    expect(linkOf(guest)).toEqual({ phase: 'connected', problem: null, peer: 'Ada', over: false });
    expect(namesAt(guest)).toEqual(['Eve camera']);
    expect(theirs.candidates.map(({ candidate }) => candidate)).toEqual([expect.stringContaining('answer')]);
    expect(ours.candidates.map(({ candidate }) => candidate)).toEqual([expect.stringContaining('offer')]);
  });
});

describe('the side that shares', () => {
  test('pushes what changes, uses sections again, and only replaces tracks that change', async () => {
    const { ada, host, guest, theirs } = await pair();
    const offers = () =>
      room.opened[0]?.sent.filter((one) => (one as { type: string }).type === 'offer').length;
    const sent = theirs.transceivers[0]?.sender.track;
    ada.becomes({ streams: [playing('s1', 'camera')] });
    await settle();
    expect(theirs.transceivers[0]?.sender.track).not.toBe(sent);
    expect(sent?.readyState).toBe('ended');
    expect(offers()).toBe(1);
    ada.shows(['s1', 'camera'], ['s2', 'screen']);
    await settle();
    expect(namesAt(guest)).toEqual(['Eve camera', 'Eve screen']);
    ada.shows(['s2', 'screen']);
    await settle();
    expect(namesAt(guest)).toEqual(['Eve screen']);
    ada.shows(['s2', 'screen'], ['s3', 'camera']);
    await settle();
    expect(namesAt(guest)).toEqual(['Eve camera', 'Eve screen']);
    expect(theirs.transceivers).toHaveLength(2);
    expect(offers()).toBe(4);
    expect(host.state()).toMatchObject({ sent: [{ key: 's3' }, { key: 's2' }] });
  });

  test('shares its own pictures too, and stops clones only', async () => {
    const { ada, host, guest, theirs } = await pair();
    const camera = testTrack('video');
    const { local, streams } = ada.store.snapshot;
    ada.becomes({ local: { ...local, camera: { track: camera, muted: false } } });
    await settle();
    expect(namesAt(guest)).toEqual(['Eve camera', 'Ada camera']);
    const clones = theirs.transceivers.map(({ sender }) => sender.track);
    host.stop();
    expect(clones.map((track) => track?.readyState)).toEqual(['ended', 'ended']);
    expect([camera.readyState, streams[0]?.media?.getVideoTracks()[0]?.readyState]).toEqual(['live', 'live']);
    expect(theirs.connectionState).toBe('closed');
    expect(host.state()).toEqual({ kind: 'idle' });
  });

  test('lets a picture that stays arrive anew when one ends, for guests who look only then', async () => {
    const ada = new Meeting('Ada', 'ada');
    const host = lanOf(ada);
    ada.shows(['s1', 'camera'], ['s2', 'camera']);
    host.share();
    await settle();
    // An original, which never greets.
    const socket = room.open('ws://x.org/');
    const answered: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      const { type, description } = JSON.parse(data);
      if (type !== 'offer') return;
      answered.push(description.descriptionMessage.sdp.match(/a=(sendonly|inactive)/g).join(' '));
      socket.send(JSON.stringify({ type: 'answer', content: { type: 'answer', sdp: 'v=0' }, name: 'Old' }));
    });
    await settle();
    connections[0]?.becomes('connected');
    connections[0]?.channel?.opens();
    ada.shows(['s2', 'camera']);
    await settle();
    expect(answered).toEqual(['a=sendonly a=sendonly', 'a=inactive a=inactive', 'a=inactive a=sendonly']);
  });

  test('answers a question only if the other side knows something else', async () => {
    const { theirs } = await pair();
    const said = () => theirs.channel?.sent.length ?? 0;
    const known = theirs.channel?.sent.at(-1)?.streams ?? [];
    const before = said();
    theirs.channel?.hear({ type: 'streams_query', streams: known });
    expect(said()).toBe(before);
    theirs.channel?.hear({ type: 'streams_query', streams: [] });
    expect(said()).toBe(before + 1);
    expect(theirs.channel?.sent[0]).toHaveProperty('act', false);
    expect(theirs.channel?.sent.at(-1)).not.toHaveProperty('act');
  });

  test('takes another code when the one it made is in use', async () => {
    room.refusals.push(4409);
    const host = lanOf(new Meeting('Ada', 'ada'));
    host.share();
    const [first] = [host.state()].map((state) => state.kind === 'sharing' && state.code);
    await settle();
    expect(host.state()).toMatchObject({ kind: 'sharing', link: { phase: 'waiting', problem: null } });
    expect(host.state()).not.toMatchObject({ code: first });
  });

  test('revives a connection that fails, and ends with the meeting', async () => {
    const { ada, host, theirs } = await pair();
    theirs.becomes('failed');
    await settle();
    expect(theirs.restarts).toBe(1);
    expect(linkOf(host)?.phase).toBe('connecting');
    theirs.becomes('connected');
    expect(linkOf(host)?.phase).toBe('connected');
    ada.becomes({ state: { kind: 'left', reason: 'left', detail: null } });
    expect(host.state()).toEqual({ kind: 'idle' });
    expect(room.sockets).toHaveLength(1);
  });
});

describe('the side that receives', () => {
  test('asks what there is while it is connected, and not any longer', async () => {
    const { guest, channel } = await pair();
    const asked = () => channel.sent.filter(({ type }) => type === 'streams_query').length;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked()).toBe(2);
    guest.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked()).toBe(2);
    expect(vi.getTimerCount()).toBe(1); // The other side still reads its figures.
  });

  test('does not show its own picture: by participant, and by name where nothing else is told', async () => {
    const { guest, channel, ours } = await pair();
    const id = ours.transceivers[0]?.name ?? '';
    const list = (stream: object) => channel.hear({ type: 'stream_ids', streams: [{ id, ...stream }] });
    list({ name: 'Bob', participant: 'another-bob' });
    expect(namesAt(guest)).toEqual(['Bob null']);
    list({ name: 'Bob', participant: 'bob' });
    expect(namesAt(guest)).toEqual([]);
    list({ name: 'Eve', participant: 'bob' });
    expect(namesAt(guest)).toEqual(['Eve null']);
    list({ name: 'Bob' });
    expect(namesAt(guest)).toEqual([]);
    list({ name: 'Zoe' });
    expect(namesAt(guest)).toEqual(['Zoe null']);
  });

  test('says what is wrong', async () => {
    const guest = lanOf(new Meeting('Bob', 'bob'));
    guest.receive('123456');
    await settle();
    expect(linkOf(guest)).toMatchObject({ phase: 'waiting', problem: null });
    const other = room.open('ws://x.org/');
    await settle();
    expect(linkOf(guest)?.phase).toBe('connecting');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(linkOf(guest)).toMatchObject({ phase: 'waiting', problem: 'no-offer' });
    other.close();
    room.sockets[0]?.close(4401);
    expect(linkOf(guest)).toMatchObject({ problem: 'signed-out', over: true });
    const third = lanOf(new Meeting('Cyd', 'cyd'));
    room.refusals.push(4409);
    third.receive('123456');
    await settle();
    expect(linkOf(third)).toMatchObject({ problem: 'taken', over: true });
  });

  test('gives up a network that keeps devices apart', async () => {
    const { guest, ours, bob } = await pair();
    guest.stop();
    ours.close();
    const again = lanOf(bob);
    again.receive('123456');
    await settle();
    expect(linkOf(again)?.phase).toBe('connecting');
    connections.at(-1)?.becomes('failed');
    expect(linkOf(again)).toMatchObject({ phase: 'waiting', problem: 'blocked' });
  });

  test('keeps what is connected when the socket breaks, and comes back; a server that is gone is told', async () => {
    const { guest, host } = await pair();
    const [, own] = room.opened;
    room.refusals.push(1006);
    own?.close(1006);
    expect(linkOf(guest)?.phase).toBe('connected');
    expect(namesAt(guest)).toEqual(['Eve camera']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(room.sockets).toHaveLength(2);
    expect(linkOf(host)?.phase).toBe('connecting');
    room = new FakeRoom();
    room.refusals.push(...Array.from({ length: 7 }, () => 1006));
    const away = lanOf(new Meeting('Zoe', 'zoe'));
    away.receive('123456');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(linkOf(away)).toMatchObject({ problem: 'unreachable', over: true });
  });
});
