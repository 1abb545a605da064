import { useSyncExternalStore } from 'react';
import type { Conference } from '../conference/conference';
import { useShell } from '../shell-context';
import type { StreamFigures } from './figures';
import type { Received } from './guest-link';
import { Lan, type LanSettings, type LanState } from './lan';

/** Sharing belongs to a meeting, not to the panel that shows it: it goes on when the panel is closed. */
const ofMeetings = new WeakMap<Conference, Lan>();

export function lanOf(conference: Conference, settings: LanSettings): Lan {
  const known = ofMeetings.get(conference);
  if (known) return known;
  const lan = new Lan(conference, settings);
  ofMeetings.set(conference, lan);
  return lan;
}

/** Sharing on this network, of this meeting. */
export function useLan(conference: Conference): Lan {
  const { signallingServer: server } = useShell();
  return lanOf(conference, { server });
}

export const useLanState = (lan: Lan): LanState => useSyncExternalStore(lan.subscribe, lan.state);
export const useLanFigures = (lan: Lan): ReadonlyMap<string, StreamFigures> =>
  useSyncExternalStore(lan.subscribe, lan.figures);

const NOTHING: readonly Received[] = [];
const never = () => () => {};
const nothing = () => NOTHING;

/** The pictures that come over this network into a meeting, for the grid to show. `null`: no meeting yet. */
export function useReceivedStreams(conference: Conference | null): readonly Received[] {
  const { signallingServer: server } = useShell();
  const lan = conference && lanOf(conference, { server });
  const received = () => {
    const state = lan?.state();
    // While nothing comes through, the meeting shows its own.
    return state?.kind === 'receiving' && state.link.phase === 'connected' ? state.received : NOTHING;
  };
  return useSyncExternalStore(lan?.subscribe ?? never, lan ? received : nothing);
}
