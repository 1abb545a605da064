import type {
  Conference,
  ConferenceSnapshot,
  Participant,
  Source,
  Stream,
} from '../../conference/conference';
import { ConferenceStore } from '../../conference/store';
import { testTrack } from '../../test/media';
import { FakeHall, type FakeHallSocket } from './fake-hall';
import { FakeWire } from './fake-wire';
import type { Carrier, Encoding } from './section';
import { ShareSession } from './session';

/** A meeting as one of several pages sees it; only its snapshot is looked at. */
export class FakeMeeting {
  readonly store = new ConferenceStore();
  readonly receivers = new Map<string, RTCRtpReceiver>();
  readonly conference: Conference;

  constructor(id: string, name: string) {
    const one = (id: string, name: string, isSelf: boolean): Participant => {
      return { id, name, isSelf, role: 'guest', hand: false, connected: true, quality: null, level: 0 };
    };
    const self = one(id, name, true);
    this.store.update({
      self,
      participants: [
        self,
        ...PEOPLE.filter(([other]) => other !== id).map(([id, name]) => one(id, name, false)),
      ],
      state: { kind: 'joined' },
    });
    const { store, receivers } = this;
    this.conference = {
      snapshot: () => store.snapshot,
      subscribe: (listener: () => void) => store.subscribe(listener),
      receiverOf: (stream: string) => receivers.get(stream) ?? null,
      iceServers: () => [{ urls: 'stun:x.org' }],
    } as unknown as Conference;
  }

  /** Exactly these play, each the same as before if it did. */
  shows(...streams: [owner: string, Source][]): void {
    const before = new Map(this.store.snapshot.streams.map((one) => [one.id, one]));
    this.store.update({
      streams: streams.map(([owner, source]) => {
        return before.get(`${owner}-${source}`) ?? stream(owner, source, 'playing');
      }),
    });
  }

  becomes(change: Partial<ConferenceSnapshot>): void {
    this.store.update(change);
  }

  /** The track of what plays. */
  track(id: string): MediaStreamTrack {
    const [track] = this.store.snapshot.streams.find((one) => one.id === id)?.media?.getTracks() ?? [];
    if (!track) throw new Error(`${id} does not play`);
    return track;
  }
}

const PEOPLE = [
  ['ada', 'Ada'],
  ['bob', 'Bob'],
  ['cyd', 'Cyd'],
  ['eve', 'Eve'],
] as const;

export function stream(participant: string, source: Source, state: Stream['state']): Stream {
  const kind = source === 'camera' || source === 'screen' ? 'video' : 'audio';
  const media = state === 'playing' ? new MediaStream([cloneable(kind)]) : null;
  return { id: `${participant}-${source}`, participant, source, muted: false, state, media };
}

/** Clones of made-up tracks are pictures otherwise. */
function cloneable(kind: 'audio' | 'video'): MediaStreamTrack {
  return Object.assign(testTrack(kind), { clone: () => cloneable(kind) });
}

/** Pages of one meeting on one network, and second screens. */
export class FakeWorld {
  readonly hall = new FakeHall();
  readonly wire = new FakeWire();
  readonly carriers: FakeCarrier[] = [];
  /** Receivers whose frames are within reach. */
  readonly kept = new Set<RTCRtpReceiver>();
  /** Codecs whose compressed frames can be passed on. */
  codecs: string[] = [];
  readonly #sessions: ShareSession[] = [];

  /** Somebody in the meeting. */
  person(id: string, name: string) {
    const meeting = new FakeMeeting(id, name);
    return { meeting, ...this.#session(name, { conference: meeting.conference, server: 'ws://x.org/' }) };
  }

  /** A second screen. */
  viewer(name: string, code?: string) {
    return this.#session(name, { conference: null, server: 'ws://x.org/', name, ...(code && { code }) });
  }

  #session(name: string, options: ConstructorParameters<typeof ShareSession>[0]) {
    const sockets: FakeHallSocket[] = [];
    const account = `account ${this.#sessions.length}`;
    const openSocket = () => {
      const socket = this.hall.open() as unknown as FakeHallSocket;
      socket.meetingName = name;
      socket.account = account;
      sockets.push(socket);
      return socket as unknown as WebSocket;
    };
    const session = new ShareSession(options, {
      openSocket,
      makeConnection: this.wire.make,
      encoding: this.#encoding(),
    });
    this.#sessions.push(session);
    return { session, socket: () => sockets.at(-1) as FakeHallSocket };
  }

  #encoding(): Encoding {
    const { codecs, carriers, kept } = this;
    return {
      codecs,
      prefer: () => {},
      keep: (receiver) => kept.add(receiver),
      carrier: (receiver) => {
        const carrier = new FakeCarrier(receiver);
        carriers.push(carrier);
        return carrier;
      },
    };
  }

  close(): void {
    for (const session of this.#sessions) session.close();
    this.wire.stop();
  }
}

export class FakeCarrier implements Carrier {
  readonly track = testTrack('video');
  readonly receiver: RTCRtpReceiver;
  readonly calls: string[] = [];
  lag = 0;
  cpuMs = 0;
  given = 0;
  unfit = false;

  constructor(receiver: RTCRtpReceiver) {
    this.receiver = receiver;
  }

  attach(): void {
    this.calls.push('attach');
  }

  async passThrough(): Promise<void> {
    this.calls.push('passThrough');
  }

  stop(): void {
    this.calls.push('stop');
  }
}
