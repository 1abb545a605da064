/**
 * The messages of the pair protocol, as the original's pages send and read them. What is added here (`participant`
 * and `source` of a shared stream, the greeting) is skipped by those.
 *
 * Source: docs/protocol.md for what the server does with them.
 */

/** A stream on offer: `id` is the id of its track where it is received. */
export interface SharedStream {
  readonly name: string;
  readonly id: string;
  readonly participant?: string;
  readonly source?: string;
}

/** What arrives over the signalling socket, as far as it is understood. */
export type Signal =
  | { readonly type: 'connected' | 'disconnected'; readonly peers: number }
  | {
      readonly type: 'offer';
      readonly description: RTCSessionDescriptionInit;
      readonly streams: readonly SharedStream[];
      readonly from: string | null;
    }
  | { readonly type: 'answer'; readonly description: RTCSessionDescriptionInit; readonly from: string | null }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit; readonly from: string | null }
  | { readonly type: 'error'; readonly code: string };

/** What is said over the data channel. */
export type ChannelMessage =
  | { readonly type: 'stream_ids'; readonly streams: readonly SharedStream[] }
  | { readonly type: 'streams_query'; readonly streams: readonly SharedStream[] }
  /** Said by guests of this program: they notice by themselves when a stream ends. */
  | { readonly type: 'vnet' };

export type Fields = Readonly<Record<string, unknown>>;

/** `null`: not understood, which is no fault; the other side may be newer. */
export function readSignal(text: string): Signal | null {
  const message = parse(text);
  if (!message) return null;
  const from = typeof message['sent_by'] === 'string' ? message['sent_by'] : null;
  switch (message['type']) {
    case 'signal_connected':
    case 'signal_disconnected': {
      const peers = message['peers_count'];
      if (typeof peers !== 'number') return null;
      return { type: message['type'] === 'signal_connected' ? 'connected' : 'disconnected', peers };
    }
    case 'offer': {
      const content = fields(message['description']);
      const description = descriptionOf(content?.['descriptionMessage'], 'offer');
      return description && { type: 'offer', description, streams: streamsOf(content?.['metaData']), from };
    }
    case 'answer': {
      const description = descriptionOf(message['description'], 'answer');
      return description && { type: 'answer', description, from };
    }
    case 'candidate': {
      const candidate = candidateOf(message['candidates']);
      return candidate && { type: 'candidate', candidate, from };
    }
    case 'error':
      return { type: 'error', code: String(message['code']) };
    default:
      return null;
  }
}

export function readChannel(text: unknown): ChannelMessage | null {
  const message = typeof text === 'string' ? parse(text) : null;
  const type = message?.['type'];
  if (type === 'vnet') return { type };
  if (type !== 'stream_ids' && type !== 'streams_query') return null;
  return Array.isArray(message?.['streams']) ? { type, streams: streamsOf(message['streams']) } : null;
}

export function offer(
  description: RTCSessionDescriptionInit,
  streams: readonly SharedStream[],
  name: string,
): string {
  return JSON.stringify({
    type: 'offer',
    content: { descriptionMessage: description, metaData: streams },
    name,
  });
}

export function answer(description: RTCSessionDescriptionInit, name: string): string {
  return JSON.stringify({ type: 'answer', content: description, name });
}

export function candidate(content: RTCIceCandidateInit, name: string): string {
  return JSON.stringify({ type: 'candidate', content, name });
}

/** The first time the original says `act`, too. */
export function streamIds(streams: readonly SharedStream[], first = false): string {
  return JSON.stringify({ type: 'stream_ids', streams, ...(first && { act: false }) });
}

export function streamsQuery(streams: readonly SharedStream[]): string {
  return JSON.stringify({ type: 'streams_query', streams });
}

export const greeting = (): string => JSON.stringify({ type: 'vnet', version: 1 });

export function parse(text: string): Fields | null {
  try {
    return fields(JSON.parse(text));
  } catch {
    return null;
  }
}

export function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

export function descriptionOf(value: unknown, type: 'offer' | 'answer'): RTCSessionDescriptionInit | null {
  const description = fields(value);
  const sdp = description?.['sdp'];
  return description?.['type'] === type && typeof sdp === 'string' ? { type, sdp } : null;
}

export function candidateOf(value: unknown): RTCIceCandidateInit | null {
  const content = fields(value);
  const text = content?.['candidate'];
  if (!content || typeof text !== 'string') return null;
  const { sdpMid, sdpMLineIndex, usernameFragment } = content;
  return {
    candidate: text,
    sdpMid: typeof sdpMid === 'string' ? sdpMid : null,
    sdpMLineIndex: typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null,
    ...(typeof usernameFragment === 'string' && { usernameFragment }),
  };
}

function streamsOf(value: unknown): SharedStream[] {
  if (!Array.isArray(value)) return [];
  return value.map(fields).flatMap((one) => {
    const { name, id, participant, source } = one ?? {};
    if (typeof id !== 'string') return [];
    return [
      {
        id,
        name: typeof name === 'string' ? name : '',
        ...(typeof participant === 'string' && { participant }),
        ...(typeof source === 'string' && { source }),
      },
    ];
  });
}
