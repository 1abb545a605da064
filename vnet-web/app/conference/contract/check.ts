import { type Conference, ConferenceError, type ConferenceSnapshot, type Stream } from '../conference';
import type { Other, Sight, Stage } from './stage';

/** How long anything may take on a busy machine, in milliseconds. */
const SOON = 15_000;

export function ensure(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`not so: ${what}`);
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  ensure(is === should, `${what} is ${should}; it is ${is}`);
}

/** Waits until a snapshot is so; returns what was found. */
export async function until<T>(
  conference: Conference,
  what: string,
  find: (snapshot: ConferenceSnapshot) => T | null | undefined | false,
): Promise<T> {
  const found = find(conference.snapshot());
  if (found) return found;
  return new Promise((done, failed) => {
    const end = conference.subscribe(() => {
      const now = find(conference.snapshot());
      if (!now) return;
      clearTimeout(timer);
      end();
      done(now);
    });
    const timer = setTimeout(() => {
      end();
      failed(new Error(`waited in vain until ${what}: ${describe(conference.snapshot())}`));
    }, SOON);
  });
}

/** Waits until somebody else sees it so. */
export async function untilSees(
  other: Other,
  what: string,
  check: (sight: Sight) => boolean,
): Promise<Sight> {
  const end = performance.now() + SOON;
  for (;;) {
    const sight = await other.sees();
    if (check(sight)) return sight;
    if (performance.now() > end)
      throw new Error(`${other.name} waited in vain until ${what}: ${JSON.stringify(sight)}`);
    await new Promise((next) => setTimeout(next, 15));
  }
}

/** Fails unless it is refused in a way that people can be told of. */
export async function refused(promise: Promise<unknown>, what: string): Promise<ConferenceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  ensure(error instanceof ConferenceError, `${what} is refused with a ConferenceError; it came to ${error}`);
  ensure(error.code !== '' && error.message !== '', `${what} is refused with a code and words`);
  return error;
}

/** Comes in, with somebody else who is in before. */
export async function withOther(stage: Stage): Promise<Other> {
  const other = await comes(stage, 0);
  await stage.conference.join();
  await untilSees(other, `${stage.name} is in`, ({ people }) =>
    people.some((one) => one.name === stage.name),
  );
  return other;
}

/** Somebody else comes in. */
export async function comes(stage: Stage, number: 0 | 1): Promise<Other> {
  const other = await stage.other(number);
  await other.act({ do: 'join' });
  await untilSees(other, 'they are in', ({ state }) => state === 'joined');
  return other;
}

export const person = (snapshot: ConferenceSnapshot, name: string) =>
  snapshot.participants.find((one) => one.name === name);

export function stream(
  snapshot: ConferenceSnapshot,
  name: string,
  source: Stream['source'],
): Stream | undefined {
  const who = person(snapshot, name);
  return who && snapshot.streams.find((one) => one.participant === who.id && one.source === source);
}

/** Collects the events of a kind. */
export function collect<Name extends Parameters<Conference['on']>[0]>(
  conference: Conference,
  name: Name,
): unknown[] {
  const events: unknown[] = [];
  conference.on(name, (event) => events.push(event));
  return events;
}

function describe({ state, participants, streams, chat, waiting, local }: ConferenceSnapshot): string {
  const people = participants.map(({ name, connected }) => (connected ? name : `${name} (lost)`));
  const seen = streams.map(({ participant, source, state: how, muted }) => [participant, source, how, muted]);
  const own = Object.entries(local).map(([source, { track, muted }]) => [source, track?.readyState, muted]);
  return JSON.stringify({ state, people, seen, chat: chat.length, waiting, own });
}
