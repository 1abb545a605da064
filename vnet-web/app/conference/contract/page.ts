/*
 * The contract in a real browser: a test loads this module into pages of a real server. In one page runs the
 * conference under test; the others are in other pages, signed up as other people.
 */
import { dataOf, makeApi } from '../../api/client';
import { readShell } from '../../shell';
import type { Conference, Role } from '../conference';
import { FakeConference } from '../fake/fake';
import { FakeRoom } from '../fake/room';
import { DrawnSources } from '../fake/sources';
import { SfuConference } from '../sfu/sfu';
import { RULES, runRule } from './rules';
import { type Act, type MakeStage, type Other, otherWith, type Sight, type Stage } from './stage';

/** What the test answers with: somebody else's page. */
interface Bridge {
  contractName(number: 0 | 1): Promise<string>;
  contractAct(number: 0 | 1, act: Act): Promise<void>;
  contractSees(number: 0 | 1): Promise<Sight>;
}

const bridge = globalThis as unknown as Bridge;
const drawn = new DrawnSources();
const made: { stop(): void }[] = [];
let count = 0;

async function track(kind: 'audio' | 'video'): Promise<MediaStreamTrack> {
  count += 1;
  const likeness = { name: `track ${count}`, number: count };
  const one = kind === 'audio' ? drawn.voice(likeness) : drawn.camera(likeness);
  one.level(0.5);
  made.push(one);
  const [found] = one.media.getTracks();
  if (!found) throw new Error('nothing could be captured');
  return found;
}

function stopTracks(): void {
  for (const one of made.splice(0)) one.stop();
}

function sfu(code: string): SfuConference {
  const api = makeApi(readShell(document.createElement('div')));
  const params = { params: { path: { code } } };
  return new SfuConference(async (signal) =>
    dataOf(await api.POST('/meeting/meetings/{code}/join/', { ...params, ...(signal && { signal }) })),
  );
}

/** A meeting on the server. */
const onServer =
  (code: string, name: string): MakeStage =>
  async () => {
    const conference = sfu(code);
    return {
      conference,
      name,
      track,
      other: elsewhere,
      close: async () => {
        await conference.leave();
        stopTracks();
      },
    };
  };

/** Somebody in another page. */
async function elsewhere(number: 0 | 1): Promise<Other> {
  return {
    name: await bridge.contractName(number),
    act: (act) => bridge.contractAct(number, act),
    sees: () => bridge.contractSees(number),
  };
}

/** A meeting that is made up, with everybody in this page. */
const madeUp: MakeStage = async (role) => {
  const room = new FakeRoom();
  const all: Conference[] = [];
  const make = (name: string, as: Role) => {
    const conference = new FakeConference({ room, name, role: as, pace: 5 });
    all.push(conference);
    return conference;
  };
  const other: Stage['other'] = async (number) => {
    const name = ['Bob', 'Cyd'][number] ?? '';
    return otherWith(name, make(name, role === 'guest' && number === 0 ? 'host' : 'guest'), track);
  };
  return {
    conference: make('Ada', role),
    name: 'Ada',
    track,
    other,
    close: async () => {
      for (const conference of all) await conference.leave();
      stopTracks();
    },
  };
};

export const rules = RULES.map(({ name, as }) => ({ name, as }));

/** Runs a rule; `false`: it does not concern this provider. `code`: a meeting on the server, made up without. */
export async function run(name: string, code: string | null, own: string): Promise<boolean> {
  const rule = RULES.find((one) => one.name === name);
  if (!rule) throw new Error(`there is no rule "${name}"`);
  return runRule(rule, code === null ? madeUp : onServer(code, own));
}

/** Somebody else, played in this page for a rule that runs in another one. */
let played: { readonly conference: Conference; readonly other: Other } | null = null;

export function play(code: string, own: string): void {
  const conference = sfu(code);
  played = { conference, other: otherWith(own, conference, track) };
}

export async function act(what: Act): Promise<void> {
  await played?.other.act(what);
}

export async function sees(): Promise<Sight | undefined> {
  return played?.other.sees();
}

export async function stop(): Promise<void> {
  await played?.conference.leave();
  played = null;
  stopTracks();
}

/** Somebody who sends and shows everything: what a page would do. */
let seated: Conference | null = null;

/** Takes part with microphone and camera, and shows all pictures. */
export async function sit(code: string): Promise<void> {
  const conference = sfu(code);
  seated = conference;
  conference.subscribe(() => {
    const off = conference.snapshot().streams.filter(({ state }) => state === 'off');
    if (off.length > 0) conference.want(new Map(off.map(({ id }) => [id, { on: true, width: 320 }])));
  });
  const [microphone, camera] = await Promise.all([track('audio'), track('video')]);
  await conference.join({ microphone, camera });
}

/** How it stands with who sits here: pictures decoded so far, by whom they are of. */
export async function standing(): Promise<{
  readonly state: string;
  readonly what: string | null;
  readonly people: readonly string[];
  readonly chat: readonly string[];
  readonly frames: Readonly<Record<string, number>>;
  readonly sent: number;
  /** How the streams of others stand. */
  readonly streams: readonly string[];
} | null> {
  if (!seated) return null;
  const { state, participants, chat, streams: shown } = seated.snapshot();
  const { streams } = await seated.statistics();
  const nameOf = (id: string | null) => participants.find((one) => one.id === id)?.name ?? '';
  const pictures = streams.filter(({ source, direction }) => source === 'camera' && direction === 'in');
  return {
    state: state.kind,
    what: state.kind === 'reconnecting' ? state.what : state.kind === 'left' ? state.reason : null,
    people: participants.filter(({ connected }) => connected).map(({ name }) => name),
    chat: chat.map(({ text }) => text),
    frames: Object.fromEntries(pictures.map((one) => [nameOf(one.participant), one.framesDecoded ?? 0])),
    sent: streams.filter(({ direction }) => direction === 'out').length,
    streams: shown.map((one) => `${one.source} ${one.state}${one.muted ? ' (muted)' : ''}`),
  };
}

export async function say(text: string): Promise<void> {
  await seated?.sendChat(text);
}

export async function rise(): Promise<void> {
  await seated?.leave();
  seated = null;
  stopTracks();
}

/** Milliseconds from joining to the first frame of somebody's camera on this screen. */
export async function timeToFirstFrame(
  code: string,
): Promise<{ readonly joined: number; readonly frame: number }> {
  const conference = sfu(code);
  const [microphone, camera] = await Promise.all([track('audio'), track('video')]);
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const start = performance.now();
  const frame = new Promise<number>((done) => video.requestVideoFrameCallback((now) => done(now - start)));
  const end = conference.subscribe(() => {
    const stream = conference.snapshot().streams.find((one) => one.source === 'camera');
    if (stream?.state === 'off') conference.want(new Map([[stream.id, { on: true, width: 640 }]]));
    if (!stream?.media || video.srcObject === stream.media) return;
    video.srcObject = stream.media;
    void video.play();
  });
  await conference.join({ microphone, camera });
  const joined = performance.now() - start;
  const took = { joined, frame: await frame };
  end();
  video.remove();
  await conference.leave();
  stopTracks();
  return took;
}
