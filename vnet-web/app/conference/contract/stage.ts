import type { Conference, ConferenceSnapshot, Role, Source } from '../conference';

/** What somebody else in the meeting is asked to do; people are named by what they are called. */
export type Act =
  | { readonly do: 'join' | 'leave' }
  | { readonly do: 'end' }
  | { readonly do: 'publish' | 'unpublish'; readonly source: Source }
  | { readonly do: 'mute'; readonly source: Source; readonly muted: boolean }
  | { readonly do: 'say'; readonly text: string; readonly to?: string }
  | { readonly do: 'hand'; readonly raised: boolean }
  | { readonly do: 'react'; readonly emoji: string }
  | { readonly do: 'lock'; readonly on: boolean }
  | { readonly do: 'lobby'; readonly on: boolean }
  | { readonly do: 'remove' | 'admit' | 'deny' | 'handOver'; readonly who: string }
  | { readonly do: 'silence'; readonly who: string; readonly source: Source };

/** What somebody else sees, as plain data. */
export interface Sight {
  readonly state: string;
  /** Why they are out. */
  readonly reason: string | null;
  readonly people: readonly { readonly name: string; readonly role: Role; readonly hand: boolean }[];
  readonly streams: readonly {
    readonly id: string;
    readonly of: string;
    readonly source: Source;
    readonly muted: boolean;
  }[];
  readonly chat: readonly { readonly from: string; readonly text: string; readonly isPrivate: boolean }[];
  readonly waiting: readonly string[];
  readonly muted: readonly Source[];
  readonly reactions: readonly string[];
}

/** Somebody else, who may be in another browser. */
export interface Other {
  readonly name: string;
  /** Resolves when it is done; `join` when it has begun. Fails with what was refused. */
  act(act: Act): Promise<void>;
  sees(): Promise<Sight>;
}

/**
 * What cannot be seen through a provider: `roles` of others; `voices`, which it plays by itself; `mutedPictures`,
 * which are gone instead.
 */
export type Lack = 'roles' | 'voices' | 'mutedPictures';

export interface Stage {
  readonly lacks?: readonly Lack[];
  /** The conference that a rule is about, not joined yet. */
  readonly conference: Conference;
  /** What its person is called. */
  readonly name: string;
  /** Something to publish. */
  track(kind: 'audio' | 'video'): Promise<MediaStreamTrack>;
  /** Somebody else for the same meeting, who has not come yet: the first and the second there are. */
  other(number: 0 | 1): Promise<Other>;
  /** Ends everything. */
  close(): Promise<void>;
}

/** Makes a meeting; `role` is that of the conference under test, the first other has the opposite. */
export type MakeStage = (role: Role) => Promise<Stage>;

/** Somebody else whose conference is in the same program. */
export function otherWith(name: string, conference: Conference, track: Stage['track']): Other {
  const reactions: string[] = [];
  conference.on('reaction', ({ emoji }) => reactions.push(emoji));
  return {
    name,
    act: (act) => perform(conference, act, track),
    sees: async () => ({ ...sightOf(conference.snapshot()), reactions: [...reactions] }),
  };
}

async function perform(conference: Conference, act: Act, track: Stage['track']): Promise<void> {
  const snapshot = conference.snapshot();
  const idOf = (name: string) => {
    const found = [...snapshot.participants, ...snapshot.waiting].find((one) => one.name === name);
    if (!found) throw new Error(`${name} is not there`);
    return found.id;
  };
  switch (act.do) {
    case 'join':
      // It may wait in the lobby: what becomes of it is seen.
      conference.join().catch(() => {});
      return;
    case 'leave':
      return conference.leave();
    case 'publish':
      return conference.setTrack(act.source, await track(isSound(act.source) ? 'audio' : 'video'));
    case 'unpublish':
      return conference.setTrack(act.source, null);
    case 'mute':
      return conference.setMuted(act.source, act.muted);
    case 'say':
      return conference.sendChat(act.text, ...(act.to === undefined ? [] : [idOf(act.to)]));
    case 'hand':
      return conference.raiseHand(act.raised);
    case 'react':
      return conference.react(act.emoji);
    default:
      return performAsHost(conference, act, idOf);
  }
}

type OwnAct = 'join' | 'leave' | 'publish' | 'unpublish' | 'mute' | 'say' | 'hand' | 'react';
type HostAct = Exclude<Act, { readonly do: OwnAct }>;

async function performAsHost(
  conference: Conference,
  act: HostAct,
  idOf: (name: string) => string,
): Promise<void> {
  const { host } = conference;
  if (!host) throw new Error('they are no host');
  switch (act.do) {
    case 'end':
      return host.end();
    case 'lock':
      return host.lock(act.on);
    case 'lobby':
      return host.lobby(act.on);
    case 'silence': {
      const whose = idOf(act.who);
      const stream = conference
        .snapshot()
        .streams.find((one) => one.participant === whose && one.source === act.source);
      return host.mute(stream?.id ?? '');
    }
    default:
      return host[act.do](idOf(act.who));
  }
}

const isSound = (source: Source) => source === 'microphone' || source === 'screenAudio';

function sightOf(snapshot: ConferenceSnapshot): Omit<Sight, 'reactions'> {
  const { state, participants, streams, chat, waiting, local } = snapshot;
  const nameOf = (id: string) => participants.find((one) => one.id === id)?.name ?? '';
  return {
    state: state.kind,
    reason: state.kind === 'left' ? state.reason : null,
    people: participants.map(({ name, role, hand }) => ({ name, role, hand })),
    streams: streams.map(({ id, participant, source, muted }) => ({
      id,
      of: nameOf(participant),
      source,
      muted,
    })),
    chat: chat.map(({ name, text, to }) => ({ from: name, text, isPrivate: to !== null })),
    waiting: waiting.map(({ name }) => name),
    muted: (Object.keys(local) as Source[]).filter((source) => local[source].muted),
  };
}
