// What share-engine.test.mjs puts into a page: shares of a made-up meeting, whose pictures are painted.
import { FakeConference } from '../../vnet-web/app/conference/fake/fake';
import { ShareSession } from '../../vnet-web/app/lan/share/session';
import type { Share } from '../../vnet-web/app/lan/share/types';
import { readShell } from '../../vnet-web/app/shell';

/** The same clock in all pages of one machine, in milliseconds. */
const now = () => performance.timeOrigin + performance.now();

/** What happened when: `listed`, `playing`, `stalled`, `gone` with the key of a stream, and `problem` with its name. */
type Seen = { readonly at: number; readonly what: string; readonly key: string };

const states = { starting: 'listed', playing: 'playing', stalled: 'stalled' } as const;

function watch(share: Share): Seen[] {
  const log: Seen[] = [];
  const note = (what: string, key: string) => log.push({ at: now(), what, key });
  let before = share.state();
  share.subscribe(() => {
    const state = share.state();
    for (const { key, state: how } of state.received) {
      const known = before.received.find((one) => one.key === key);
      if (!known) note('listed', key);
      if (known?.state !== how && how !== 'starting') note(states[how], key);
    }
    for (const { key } of before.received) if (!state.received.some((one) => one.key === key)) note('gone', key);
    if (state.problem && state.problem !== before.problem) note('problem', state.problem);
    before = state;
  });
  return log;
}

/** Connections and sockets of a session, for tests to look into and to break. */
function tools() {
  const made = { sockets: [] as WebSocket[], connections: [] as RTCPeerConnection[] };
  return {
    made,
    tools: {
      openSocket: (address: string) => {
        const socket = new WebSocket(address);
        made.sockets.push(socket);
        return socket;
      },
      makeConnection: (configuration: RTCConfiguration) => {
        const connection = new RTCPeerConnection(configuration);
        made.connections.push(connection);
        return connection;
      },
    },
  };
}

const shell = () => readShell(document.getElementById('root') ?? document.body);

/** A meeting with so many others, whose pictures play here. */
async function meet(meeting: string, name: string, people: number) {
  const conference = new FakeConference({ name, people });
  await conference.join();
  const playing: Seen[] = [];
  const show = () => {
    const pictures = conference.snapshot().streams.filter(({ source }) => source !== 'microphone');
    conference.want(new Map(pictures.map(({ id }) => [id, { on: true, width: 480 }])));
  };
  const known = new Set<string>();
  conference.subscribe(() => {
    const streams = conference.snapshot().streams.filter(({ state }) => state === 'playing');
    const keys = new Set(streams.map(({ participant, source }) => `${participant}/${source}`));
    for (const key of keys) if (!known.has(key)) playing.push({ at: now(), what: 'playing', key });
    for (const key of known) if (!keys.has(key)) playing.push({ at: now(), what: 'gone', key });
    known.clear();
    for (const key of keys) known.add(key);
  });
  show();
  const { made, tools: own } = tools();
  const share = new ShareSession({ conference, server: `${shell().shareServer}${meeting}/` }, own);
  return { conference, show, share, playing, seen: watch(share), ...made };
}

/** A second screen, which plays what it hears. */
function screen(name: string) {
  const { made, tools: own } = tools();
  const share = new ShareSession({ conference: null, server: shell().watchServer, name }, own);
  const players = new Map<MediaStream, HTMLAudioElement>();
  share.subscribe(() => {
    for (const { media } of share.state().received) {
      if (players.has(media)) continue;
      const player = Object.assign(new Audio(), { srcObject: media });
      players.set(media, player);
      void player.play().catch(() => {});
    }
  });
  return { share, seen: watch(share), ...made };
}

/** The loudness that came so far, of all voices. */
async function heard(connections: readonly RTCPeerConnection[]): Promise<number> {
  let energy = 0;
  for (const connection of connections) {
    (await connection.getStats()).forEach(({ type, kind, totalAudioEnergy }) => {
      if (type === 'inbound-rtp' && kind === 'audio') energy += totalAudioEnergy ?? 0;
    });
  }
  return energy;
}

Object.assign(window, { vnetShare: { meet, screen, heard, now } });
