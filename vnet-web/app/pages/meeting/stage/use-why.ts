import { useEffect, useReducer, useRef, useState } from 'react';
import type { ParticipantId, Source } from '../../../conference/conference';
import { useCall, useMeeting, useView } from '../call/call';
import { BLOCKED_AFTER, explain, type Why } from './explain';

const sameWhys = (one: readonly Why[], other: readonly Why[]): boolean =>
  one.length === other.length && one.every((why, at) => JSON.stringify(why) === JSON.stringify(other[at]));

function useOnline(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return online;
}

/** What there is to explain at the moment, the gravest first. */
export function useWhy(): readonly Why[] {
  const call = useCall();
  const online = useOnline();
  const dataSaver = useView((view) => view.dataSaver);
  const since = useRef({ state: '', at: Date.now() });
  const received = useRef(false);
  const [silenced, setSilenced] = useState<{ source: Source; by: ParticipantId | null } | null>(null);
  const [, again] = useReducer((count: number) => count + 1, 0);

  useEffect(() => call.conference.on('silenced', setSilenced), [call]);
  // Only time tells a slow beginning from a blocked network.
  const kind = useMeeting(({ state }) =>
    state.kind === 'reconnecting' ? `${state.kind} ${state.what}` : state.kind,
  );
  const count = useMeeting(({ participants }) => participants.length);
  useEffect(() => {
    since.current = { state: `${kind} ${count > 1}`, at: Date.now() };
    const timer = setTimeout(again, BLOCKED_AFTER + 50);
    return () => clearTimeout(timer);
  }, [kind, count]);

  return useMeeting((snapshot) => {
    received.current ||= snapshot.streams.some((stream) => stream.state === 'playing');
    return explain(snapshot, {
      now: Date.now(),
      online,
      since: since.current.at,
      received: received.current,
      dataSaver,
      silenced,
    });
  }, sameWhys);
}
