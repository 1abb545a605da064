import type { FakeRoom } from './room';

const NAMES = [
  'Ada Byron',
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Edsger Dijkstra',
  'Hedy Lamarr',
  'محمد الخوارزمي',
  'Radia Perlman',
  'Donald Knuth',
  'Frances Allen',
  'Barbara Liskov',
  'Tim Berners-Lee',
  'Wanjiru Kamau',
  'Ἀρχιμήδης',
  'Sofja Kowalewskaja',
  '祖沖之',
  'Mary Jackson',
  'Konrad Zuse',
  'Evelyn Boyd Granville',
  'Srinivasa Ramanujan',
  'Emmy Noether',
  'Claude Shannon',
  'Jean Bartik',
  'Maximiliana Anastasia von Hohenstein-Wittelsbach',
];

/** The name of the somebody-th who is made up. */
export function nameOf(number: number): string {
  const round = Math.floor(number / NAMES.length);
  const name = NAMES[number % NAMES.length] ?? '';
  return round === 0 ? name : `${name} ${round + 1}`;
}

/** Puts so many people into a meeting: some are silent, some have no camera, one is a host. */
export function populate(room: FakeRoom, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const sources = number % 6 === 4 ? (['microphone'] as const) : (['microphone', 'camera'] as const);
    const id = room.add(nameOf(number), { role: number === 0 ? 'host' : 'guest', sources });
    if (number % 3 === 1) room.setMuted(id, 'microphone', true);
    if (number % 8 === 5) room.setMuted(id, 'camera', true);
  }
}
