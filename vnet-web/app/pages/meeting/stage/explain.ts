import type {
  ConferenceSnapshot,
  Participant,
  ParticipantId,
  Source,
  Stream,
} from '../../../conference/conference';

/** Why one sees nobody, or not what one expects. The words are in `conference.why.*`. */
export type Why =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'reconnecting-server' }
  | { readonly kind: 'reconnecting-media' }
  /** Media never got through, or has not for long: the network blocks it. */
  | { readonly kind: 'blocked' }
  | { readonly kind: 'alone' }
  /** All others have lost their connection. */
  | { readonly kind: 'others-lost' }
  | { readonly kind: 'silenced'; readonly source: Source; readonly by: string | null }
  | { readonly kind: 'data-saver' }
  | { readonly kind: 'unplayable'; readonly count: number }
  | { readonly kind: 'paused'; readonly count: number }
  | { readonly kind: 'cameras-off' };

export interface Circumstances {
  readonly now: number;
  /** What the browser says about its network. */
  readonly online: boolean;
  /** When the conference came into the state that it is in. */
  readonly since: number;
  /** Whether any sound or picture of others has ever played. */
  readonly received: boolean;
  readonly dataSaver: boolean;
  /** The last time a host muted one, until one speaks again. */
  readonly silenced: { readonly source: Source; readonly by: ParticipantId | null } | null;
}

/** So long media may take before it is called blocked. */
export const BLOCKED_AFTER = 12_000;

/** What there is to explain, the gravest first. */
export function explain(snapshot: ConferenceSnapshot, around: Circumstances): Why[] {
  const { state } = snapshot;
  if (state.kind === 'waiting') return [{ kind: 'waiting' }];
  if (state.kind !== 'joined' && state.kind !== 'reconnecting') return [];
  const found: Why[] = [...connection(snapshot, around)];
  const others = snapshot.participants.filter((one) => !one.isSelf);
  if (others.length === 0) found.push({ kind: 'alone' });
  else if (others.every((one) => !one.connected)) found.push({ kind: 'others-lost' });
  if (around.silenced && snapshot.local[around.silenced.source].muted) {
    const { source, by } = around.silenced;
    found.push({ kind: 'silenced', source, by: others.find((one) => one.id === by)?.name ?? null });
  }
  if (others.length > 0) found.push(...pictures(snapshot, around));
  return found;
}

function connection({ state, streams }: ConferenceSnapshot, around: Circumstances): Why[] {
  if (!around.online) return [{ kind: 'offline' }];
  const long = around.now - around.since >= BLOCKED_AFTER;
  if (state.kind === 'reconnecting') {
    if (state.what === 'server') return [{ kind: 'reconnecting-server' }];
    return [{ kind: long ? 'blocked' : 'reconnecting-media' }];
  }
  const wanted = streams.filter((stream) => stream.state === 'starting' && !stream.muted);
  return long && !around.received && wanted.length > 0 ? [{ kind: 'blocked' }] : [];
}

function pictures({ streams }: ConferenceSnapshot, around: Circumstances): Why[] {
  const shown = streams.filter((one) => (one.source === 'camera' || one.source === 'screen') && !one.muted);
  if (shown.length === 0) return [{ kind: 'cameras-off' }];
  if (around.dataSaver) return [{ kind: 'data-saver' }];
  const found: Why[] = [];
  const unplayable = shown.filter((one) => one.state === 'unplayable').length;
  const paused = shown.filter((one) => one.state === 'paused').length;
  if (unplayable > 0) found.push({ kind: 'unplayable', count: unplayable });
  if (paused > 0) found.push({ kind: 'paused', count: paused });
  return found;
}

/** Why a tile shows no picture; `null`: it shows one, or there is nothing to say. */
export type TileWhy = 'lost' | 'camera-off' | 'data-saver' | 'unplayable' | 'paused' | 'starting';

export function explainTile(
  participant: Participant | null,
  stream: Stream | null,
  dataSaver: boolean,
): TileWhy | null {
  if (participant && !participant.connected) return 'lost';
  if (!stream || stream.muted) return 'camera-off';
  if (stream.state === 'playing') return null;
  if (dataSaver) return 'data-saver';
  if (stream.state === 'unplayable' || stream.state === 'paused') return stream.state;
  return 'starting';
}
