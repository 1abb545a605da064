import type { ParticipantId } from '../conference';
import type { FakeRoom } from './room';

const LINES = [
  'Good morning!',
  'Can everybody see my screen?',
  'One moment, somebody is at the door.',
  'I agree.',
  'The notes are at https://example.org/notes',
  'Could you say that again, please?',
  '👍',
  'See you tomorrow.',
];
const EMOJI = ['👍', '👏', '❤️', '😂', '🎉'];

/** People speak in turns, write, raise hands, share and lose their connection, until the returned function is called. */
export function enliven(room: FakeRoom, own: () => ParticipantId | null): () => void {
  let beat = 0;
  let speaker: ParticipantId | null = null;
  const others = () => [...room.people.values()].filter((one) => one.id !== own());
  const pick = <T>(list: readonly T[], number: number): T | undefined =>
    list[number % Math.max(list.length, 1)];
  const takeTurns = () => {
    const able = others().filter(
      ({ id, connected }) => connected && room.find(id, 'microphone')?.muted === false,
    );
    if (speaker !== null && room.people.has(speaker)) room.change(speaker, { level: 0 });
    speaker = pick(able, Math.floor(beat / 25))?.id ?? null;
  };
  const somethingHappens = (number: number) => {
    const one = pick(others(), number * 5 + 2);
    if (!one) return;
    if (number % 7 === 1) room.say(one.id, pick(LINES, number) ?? '');
    else if (number % 7 === 2) room.react(one.id, pick(EMOJI, number) ?? '👍');
    else if (number % 7 === 3) room.change(one.id, { hand: !one.hand });
    else if (number % 7 === 4)
      room.quality(one.id, pick(['good', 'fair', 'poor'] as const, number) ?? 'good');
    else if (number % 7 === 5) room.connected(one.id, !one.connected);
    else if (number % 7 === 6 && !one.connected) room.connected(one.id, true);
  };
  const clock = setInterval(() => {
    beat += 1;
    if (beat === 60) room.knock('Charles Babbage');
    if (beat % 25 === 1) takeTurns();
    if (speaker !== null && room.people.has(speaker)) {
      room.speak(speaker, 0.25 + 0.5 * Math.abs(Math.sin(beat * 1.7)));
    }
    if (beat % 40 === 0) somethingHappens(beat / 40);
  }, 200);
  return () => clearInterval(clock);
}

/** A host lets in who waits, after a while, unless the returned function is called before. */
export function hostLooks(room: FakeRoom, id: ParticipantId): () => void {
  const timer = setTimeout(() => {
    if (room.waiting.has(id)) room.admit(id);
  }, 4_000);
  return () => clearTimeout(timer);
}
