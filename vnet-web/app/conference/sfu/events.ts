import type { ServerMessage } from '../../generated/sfu-protocol';
import type { ConferenceStore } from '../store';
import { participantId } from './protocol';
import type { Room } from './state';
import { participantOf } from './view';

/** Tells the page of what has happened, after the snapshot shows it. */
export function tell(store: ConferenceStore, before: Room, now: Room, message: ServerMessage): void {
  if (message.type === 'resumed' && message.snapshot) missed(store, before, now);
  if (!('event' in message) || message.event <= before.lastEvent) return;
  switch (message.type) {
    case 'joined':
      if (message.participant.id !== now.you) store.emit('joined', participantOf(now, message.participant));
      break;
    case 'left': {
      const gone = before.participants.get(message.participant);
      if (gone && gone.id !== now.you) store.emit('departed', participantOf(before, gone));
      break;
    }
    case 'changed': {
      const { participant } = message;
      const was = before.participants.get(participant.id)?.hand ?? false;
      if (was !== participant.hand) store.emit('hand', participantOf(now, participant));
      break;
    }
    case 'chat':
      tellLines(store, 1);
      break;
    case 'reaction':
      store.emit('reaction', {
        participant: participantId(now.epoch, message.participant),
        emoji: message.emoji,
      });
      break;
    default:
      break;
  }
}

/** What the server told as a whole, because too much had happened. */
function missed(store: ConferenceStore, before: Room, now: Room): void {
  for (const one of before.participants.values()) {
    if (!now.participants.has(one.id)) store.emit('departed', participantOf(before, one));
  }
  for (const one of now.participants.values()) {
    if (!before.participants.has(one.id)) store.emit('joined', participantOf(now, one));
  }
  tellLines(store, now.chat.length - before.chat.length);
}

/** Tells the last lines of chat. */
function tellLines(store: ConferenceStore, count: number): void {
  if (count <= 0) return;
  for (const line of store.snapshot.chat.slice(-count)) store.emit('chat', line);
}
