import type { StreamFigures } from '../figures';

/** `encoded`: passed on as it came from the meeting; `transcoded`: decoded and compressed anew. */
export type Way = 'encoded' | 'transcoded';

/** A picture or voice that comes over the local network. Has all of the pair's `Received`, so that tiles take both. */
export interface LanStream {
  /** Stays the same for one owner and source: `${participant}/${source}`. */
  readonly key: string;
  readonly name: string;
  /** Who it is, as the sharer sees the meeting; within the same meeting the number is the same. */
  readonly participant: string | null;
  readonly source: 'camera' | 'screen' | 'microphone' | 'screenAudio';
  /** Picture and voice of one participant are in one, so that lips and voice keep together. */
  readonly media: MediaStream;
  readonly way: Way;
  /** `starting`: nothing was decoded yet; `stalled`: nothing comes any more. In both cases the meeting's own is shown. */
  readonly state: 'starting' | 'playing' | 'stalled';
}

export interface ShareMember {
  readonly device: number;
  readonly name: string;
  /** A second screen, which is in no meeting. */
  readonly viewer: boolean;
  /** Who sends to it; `null`: it is the sharer. */
  readonly parent: number | null;
  /** Steps to the sharer, which is at 0. */
  readonly depth: number;
  readonly isSelf: boolean;
  readonly way: Way | 'mixed' | null;
  readonly streams: number;
  /** Received over the local network so far. */
  readonly bytes: number;
}

/** What is wrong, as long as it is. */
export type ShareProblem =
  | 'unknown-code'
  | 'too-many-tries'
  | 'refused'
  | 'put-out'
  | 'full'
  | 'ended'
  | 'left'
  | 'signed-out'
  | 'unreachable-server'
  /** They do not reach each other, for no better reason: the network keeps devices apart. */
  | 'blocked'
  /** Both ends hide behind names of multicast DNS, and nothing was found by them. */
  | 'multicast'
  /** The browser does not let the page into the local network. */
  | 'permission'
  /** The page is no secure context. */
  | 'insecure';

export type ShareRole =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly name: string | null }
  /** `expiresAt`: of the code, as `Date.now()` counts. */
  | { readonly kind: 'sharing'; readonly code: string; readonly expiresAt: number }
  /** `from`: the sharer; `parent`: who passes it on to this device, unless it is the sharer. */
  | {
      readonly kind: 'receiving';
      readonly from: string;
      readonly parent: string | null;
      readonly connected: boolean;
    };

export interface ShareNearby {
  readonly device: number;
  readonly name: string;
  readonly invited: boolean;
}

export interface ShareOffer {
  readonly share: number;
  readonly name: string;
  readonly receivers: number;
  /** Whether the sharer has let one in before. */
  readonly known: boolean;
}

export interface ShareAsked {
  readonly device: number;
  readonly name: string;
  readonly by: 'code' | 'nearby';
  readonly viewer: boolean;
}

/** What sending costs this device. */
export interface ShareCost {
  /** Share of one core. */
  readonly cpu: number;
  readonly overloaded: boolean;
  /** Devices that this one sends to. */
  readonly children: number;
}

export interface ShareState {
  /** Whether the server is there. */
  readonly online: boolean;
  readonly role: ShareRole;
  readonly nearby: readonly ShareNearby[];
  /** Shares of people nearby. */
  readonly shares: readonly ShareOffer[];
  /** Who waits for the sharer's answer. */
  readonly asked: readonly ShareAsked[];
  readonly invitation: { readonly share: number; readonly name: string } | null;
  /** Everybody in the share one is in. */
  readonly members: readonly ShareMember[];
  readonly received: readonly LanStream[];
  readonly problem: ShareProblem | null;
  /** `null`: nothing is sent. */
  readonly cost: ShareCost | null;
  /** Bytes that came over the local network in the place of the meeting's, on this device. */
  readonly savedBytes: number;
  /** The sharer's: the same of all its receivers. */
  readonly savedNearby: number;
}

/** A share of the meeting on this network, made for React's `useSyncExternalStore`. */
export interface Share {
  state(): ShareState;
  subscribe(listener: () => void): () => void;
  open(): void;
  renewCode(): void;
  invite(device: number): void;
  decline(share: number): void;
  admit(device: number): void;
  refuse(device: number): void;
  putOut(device: number): void;
  ask(share: number): void;
  askByCode(code: string): void;
  /** Ends sharing, receiving or asking. */
  stop(): void;
  /** Figures by the key of the stream, read each second. */
  figures(): ReadonlyMap<string, StreamFigures>;
  close(): void;
}
