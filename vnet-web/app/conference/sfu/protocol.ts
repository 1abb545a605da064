import type { JoinTicket } from '../../api/client';
import type { Request, ServerMessage, Source as WireSource } from '../../generated/sfu-protocol';
import { ConferenceError, type ParticipantId, type Source, type StreamId } from '../conference';

/** The version of the protocol that is spoken here. */
export const VERSION = 1;

/** A ticket of the embedded media server. */
export type SfuTicket = Extract<JoinTicket, { provider: 'sfu' }>;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
/** What is asked; the socket gives it its number. */
export type Ask = WithoutId<Request>;
export type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

const WIRE_SOURCES: Readonly<Record<Source, WireSource>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  screenAudio: 'screen_audio',
};

export const toWire = (source: Source): WireSource => WIRE_SOURCES[source];
export const fromWire = (source: WireSource): Source => (source === 'screen_audio' ? 'screenAudio' : source);

/*
 * Numbers of participants and tracks count from one in each meeting. After a restart of the server the same
 * meeting counts anew: `epoch` keeps what was before apart from what is now.
 */
export const participantId = (epoch: number, number: number): ParticipantId => `p${epoch}-${number}`;
export const streamId = (epoch: number, number: number): StreamId => `s${epoch}-${number}`;

/** The number in a name of this epoch; `null`: of another one, or no such name. */
export function numberOf(epoch: number, id: ParticipantId | StreamId): number | null {
  const [, of, number] = /^[ps](\d+)-(\d+)$/.exec(id) ?? [];
  return Number(of) === epoch && number !== undefined ? Number(number) : null;
}

/** The same; fails with a refusal as the server's. */
export function mustBeNumber(epoch: number, id: ParticipantId | StreamId): number {
  const number = numberOf(epoch, id);
  if (number !== null) return number;
  const [code, message] = id.startsWith('s')
    ? ['no_such_track', 'It is no longer published.']
    : ['no_such_participant', 'They are no longer in the meeting.'];
  throw new ConferenceError(code as string, message as string);
}
