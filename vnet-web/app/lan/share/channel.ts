import { candidateOf, descriptionOf, fields, parse } from '../messages';
import type { LanStream, Way } from './types';

/**
 * What parent and child say to each other: descriptions and candidates through the server, all else over the
 * link's own channel. What is not understood is skipped: the other side may be newer.
 */

/** The channel is agreed on beforehand, so that it opens with the connection. */
export const CHANNEL = 'vnet-share';
export const CHANNEL_OPTIONS: RTCDataChannelInit = { negotiated: true, id: 0, ordered: true };

/** Milliseconds between two beats of a parent: ten a second would cost as much as a fifth of all frames. */
export const BEAT = 200;

type Source = LanStream['source'];

export const isPicture = (source: Source): boolean => source === 'camera' || source === 'screen';

/** What plays in a section of the connection. */
export interface Listed {
  readonly mid: string;
  readonly key: string;
  readonly participant: string | null;
  readonly name: string;
  readonly source: Source;
  readonly way: Way;
  /** Another number whenever something else plays there. */
  readonly seq: number;
}

export type ToChild =
  /** Complete, on every change. */
  | { readonly type: 'tracks'; readonly tracks: readonly Listed[] }
  /** `frames`: how many each source has given so far, by section. */
  | { readonly type: 'beat'; readonly n: number; readonly frames: ReadonlyMap<string, number> };

export type ToParent =
  /** Whether what plays in a section is decoded. */
  | { readonly type: 'state'; readonly mid: string; readonly seq: number; readonly ok: boolean }
  /** Whether voices are wanted. */
  | { readonly type: 'audio'; readonly on: boolean };

export type Signal =
  | {
      readonly type: 'offer' | 'answer';
      readonly description: RTCSessionDescriptionInit;
      /** Whether it comes from a secure context, which may tell its addresses. */
      readonly secure: boolean;
    }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit };

export const tracksText = (tracks: readonly Listed[]): string => JSON.stringify({ type: 'tracks', tracks });
export const beatText = (n: number, frames: ReadonlyMap<string, number>): string =>
  JSON.stringify({ type: 'beat', n, frames: Object.fromEntries(frames) });
export const toParentText = (message: ToParent): string => JSON.stringify(message);

/** What the server carries for a link. */
export const descriptionSignal = (description: RTCSessionDescription): unknown => ({
  description: description.toJSON(),
  secure: isSecureContext,
});
export const candidateSignal = (candidate: RTCIceCandidateInit): unknown => ({ candidate });

export function readToChild(data: unknown): ToChild | null {
  const message = typeof data === 'string' ? parse(data) : null;
  if (message?.['type'] === 'tracks' && Array.isArray(message['tracks'])) {
    return { type: 'tracks', tracks: message['tracks'].map(listedOf).filter((one) => one !== null) };
  }
  const { n } = message ?? {};
  if (message?.['type'] !== 'beat' || typeof n !== 'number') return null;
  const frames = Object.entries(fields(message['frames']) ?? {}).flatMap(([mid, count]) =>
    typeof count === 'number' ? [[mid, count] as const] : [],
  );
  return { type: 'beat', n, frames: new Map(frames) };
}

export function readToParent(data: unknown): ToParent | null {
  const message = typeof data === 'string' ? parse(data) : null;
  const { type, mid, seq, ok, on } = message ?? {};
  if (type === 'audio' && typeof on === 'boolean') return { type, on };
  const isState = type === 'state' && typeof mid === 'string' && typeof seq === 'number';
  return isState && typeof ok === 'boolean' ? { type, mid, seq, ok } : null;
}

export function readSignal(data: unknown): Signal | null {
  const content = fields(data);
  const type = fields(content?.['description'])?.['type'];
  if (type === 'offer' || type === 'answer') {
    const description = descriptionOf(content?.['description'], type);
    return description && { type, description, secure: content?.['secure'] !== false };
  }
  const candidate = candidateOf(content?.['candidate']);
  return candidate && { type: 'candidate', candidate };
}

const SOURCES: ReadonlySet<unknown> = new Set<Source>(['camera', 'screen', 'microphone', 'screenAudio']);
const isSource = (value: unknown): value is Source => SOURCES.has(value);

function listedOf(value: unknown): Listed | null {
  const { mid, key, participant, name, source, way, seq } = fields(value) ?? {};
  if (typeof mid !== 'string' || typeof key !== 'string' || typeof seq !== 'number') return null;
  if (!isSource(source)) return null;
  return {
    mid,
    key,
    participant: typeof participant === 'string' ? participant : null,
    name: typeof name === 'string' ? name : '',
    source,
    way: way === 'encoded' ? 'encoded' : 'transcoded',
    seq,
  };
}
