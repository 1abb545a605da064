import { createContext, use } from 'react';
import type { Conference, ConferenceSnapshot, ParticipantId, Source } from '../../../conference/conference';
import type { DeviceCause } from '../../../devices';
import { NO_SHARE } from '../../../lan/share/idle';
import type { Share } from '../../../lan/share/types';
import { type LanPicture, withReceived } from '../stage/received';
import { SpeakingPainter } from '../stage/speaking';
import { nextOrder, nextRecent, personKey } from '../stage/tile-list';
import { WantRegistry } from '../stage/wants';
import { type Capture, LocalMedia } from './local-media';
import { Notices } from './notices';
import { PictureWindow } from './picture-window';
import { type Readable, Store, sameList, useSelected } from './store';
import { keepView, makeView, type View } from './view';

export interface Order {
  /** The keys of all tiles, first come first. */
  readonly order: readonly string[];
  /** The tiles of who spoke, latest first. */
  readonly recent: readonly string[];
}

/** What is asked about before it is done. */
export type Question =
  | { readonly kind: 'remove' | 'handOver'; readonly participant: ParticipantId; readonly name: string }
  | { readonly kind: 'end' };

export interface CallOptions {
  readonly conference: Conference;
  readonly capture: Capture;
  readonly display?: (options: DisplayMediaStreamOptions) => Promise<MediaStream>;
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Makes the share of the meeting on the local network; missing: there is none. */
  readonly makeShare?: (conference: Conference) => Share;
}

/** Everything that the parts of the meeting page share while one is in. */
export class Call {
  readonly conference: Conference;
  readonly state: Readable<ConferenceSnapshot>;
  readonly view: Store<View>;
  readonly local: LocalMedia;
  readonly notices = new Notices();
  readonly wants: WantRegistry;
  readonly speaking: SpeakingPainter;
  readonly pip = new PictureWindow();
  readonly tileOrder = new Store<Order>({ order: [], recent: [] });
  /** The pictures that come over the local network. */
  readonly received = new Store<readonly LanPicture[]>([]);
  /** The meeting, shared on this network. Whoever made the call closes it, when one is out. */
  readonly share: Share;
  /** The question that is open, if one is. */
  readonly question = new Store<Question | null>(null);
  /** Told when a device fails; the page has the words. */
  readonly faults = new Store<{ readonly source: Source; readonly cause: DeviceCause } | null>(null);
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** How many tiles the first page has. */
  #firstPage = 25;

  constructor({ conference, capture, display, storage = null, makeShare }: CallOptions) {
    this.conference = conference;
    this.share = makeShare?.(conference) ?? NO_SHARE;
    this.state = {
      get: () => conference.snapshot(),
      subscribe: (listener) => conference.subscribe(listener),
    };
    this.#storage = storage;
    this.view = makeView(storage);
    this.wants = new WantRegistry(conference);
    this.speaking = new SpeakingPainter(conference);
    this.local = new LocalMedia({
      conference,
      capture,
      ...(display && { display }),
      onFault: (source, cause) => this.faults.set({ source, cause }),
    });
    this.#arrange();
  }

  start(): () => void {
    this.wants.start();
    const { dataSaver, cap } = this.view.get();
    this.wants.pause(dataSaver);
    this.conference.setReceiveCap(cap);
    const stops = [
      () => this.wants.stop(),
      this.speaking.start(),
      this.local.start(),
      this.conference.subscribe(() => this.#arrange()),
      this.received.subscribe(() => this.#arrange()),
      this.#handOn(),
      this.#storage ? keepView(this.view, this.#storage) : () => {},
      this.#obeyView(),
      () => this.notices.stop(),
      () => this.pip.close(),
    ];
    this.#arrange();
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** So many tiles are on the first page: whoever speaks is among them. */
  set firstPage(count: number) {
    if (count === this.#firstPage) return;
    this.#firstPage = count;
    this.#arrange();
  }

  pin(key: string | null): void {
    this.view.update({ pinned: this.view.get().pinned === key ? null : key, page: 0 });
  }

  #arrange(): void {
    const snapshot = this.conference.snapshot();
    const before = this.tileOrder.get();
    const speaker = snapshot.dominant === null ? null : personKey(snapshot.dominant);
    const recent = nextRecent(before.recent, speaker);
    const order = nextOrder(
      before.order,
      withReceived(snapshot, this.received.get()),
      recent,
      this.#firstPage,
    );
    if (recent === before.recent && sameList(order, before.order)) return;
    this.tileOrder.set({ order, recent });
  }

  /** What is handed on to devices on this network goes on when nobody sees it here. */
  #handOn(): () => void {
    let release: (() => void) | null = null;
    const look = () => {
      const isSending = (this.share.state().cost?.children ?? 0) > 0;
      if (isSending === (release !== null)) return;
      release?.();
      release = isSending ? this.wants.hold() : null;
    };
    look();
    const stop = this.share.subscribe(look);
    return () => {
      stop();
      release?.();
    };
  }

  #obeyView(): () => void {
    let { dataSaver, cap } = this.view.get();
    return this.view.subscribe(() => {
      const now = this.view.get();
      if (now.dataSaver !== dataSaver) this.wants.pause(now.dataSaver);
      if (now.cap !== cap) this.conference.setReceiveCap(now.cap);
      ({ dataSaver, cap } = now);
    });
  }
}

export const CallContext = createContext<Call | null>(null);

export function useCall(): Call {
  const call = use(CallContext);
  if (!call) throw new Error('no call around this component');
  return call;
}

/** Part of the meeting's state. */
export function useMeeting<S>(
  select: (snapshot: ConferenceSnapshot) => S,
  equal?: (one: S, other: S) => boolean,
): S {
  return useSelected(useCall().state, select, equal);
}

/** Part of how one looks at it. */
export function useView<S>(select: (view: View) => S, equal?: (one: S, other: S) => boolean): S {
  return useSelected(useCall().view, select, equal);
}
