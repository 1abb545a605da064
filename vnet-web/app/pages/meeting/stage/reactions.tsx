import { useEffect, useRef, useState } from 'react';
import { useCall } from '../call/call';
import { nameOf } from '../call/people';
import classes from './reactions.module.css';

interface Flying {
  readonly id: number;
  readonly emoji: string;
  readonly name: string;
  /** Where it rises, 0 to 3. */
  readonly lane: number;
}

const LASTS = 4_000;
const MOST = 24;

/** Reactions rise from the bottom for a moment; they are read out elsewhere. */
export function Reactions() {
  const { conference } = useCall();
  const [flying, setFlying] = useState<readonly Flying[]>([]);
  const last = useRef(0);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = conference.on('reaction', ({ participant, emoji }) => {
      last.current += 1;
      const id = last.current;
      const name = nameOf(conference.snapshot(), participant) ?? '';
      setFlying((before) => [...before, { id, emoji, name, lane: id % 4 }].slice(-MOST));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setFlying((before) => before.filter((one) => one.id !== id));
      }, LASTS);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [conference]);
  return (
    <div className={classes.layer} aria-hidden="true">
      {flying.map(({ id, emoji, name, lane }) => (
        <span key={id} className={classes.one} data-lane={lane}>
          {emoji}
          <bdi>{name}</bdi>
        </span>
      ))}
    </div>
  );
}
