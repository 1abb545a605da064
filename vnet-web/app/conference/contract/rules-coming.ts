import { collect, comes, ensure, person, refused, same, until, untilSees, withOther } from './check';
import type { Rule } from './rules';

/** Coming, going, who is there, and how one is told. */
export const comingRules: readonly Rule[] = [
  {
    name: 'before one joins, nothing is there',
    as: 'guest',
    async run({ conference }) {
      const snapshot = conference.snapshot();
      same(snapshot.state, { kind: 'idle' }, 'the state');
      same([snapshot.self, snapshot.participants, snapshot.streams], [null, [], []], 'what is there');
      ensure(conference.snapshot() === snapshot, 'the snapshot is the same object while nothing changes');
      ensure(conference.host === null, 'one is no host yet');
    },
  },
  {
    name: 'join resolves when one is in, after joining',
    as: 'guest',
    async run({ conference, name }) {
      const states: string[] = [];
      conference.subscribe(() => {
        const { kind } = conference.snapshot().state;
        if (states.at(-1) !== kind) states.push(kind);
      });
      await conference.join();
      same(states, ['joining', 'joined'], 'the way of states');
      const { self, participants } = conference.snapshot();
      same([self?.name, self?.isSelf, self?.role], [name, true, 'guest'], 'oneself');
      ensure(self && participants.includes(self), 'one is among the participants');
      ensure(participants.filter((one) => one.isSelf).length === 1, 'one is oneself once');
    },
  },
  {
    name: 'a conference is joined once',
    as: 'guest',
    async run({ conference }) {
      const first = conference.join();
      await refused(conference.join(), 'joining while one joins');
      await first;
      await refused(conference.join(), 'joining twice');
      same(conference.snapshot().state.kind, 'joined', 'the state');
      await conference.leave();
      await refused(conference.join(), 'joining after leaving');
    },
  },
  {
    name: 'who leaves before joining is out',
    as: 'guest',
    async run({ conference }) {
      await conference.leave();
      same(conference.snapshot().state, { kind: 'left', reason: 'left', detail: null }, 'the state');
      await refused(conference.join(), 'joining after leaving');
    },
  },
  {
    name: 'who leaves while joining is out, and join fails',
    as: 'guest',
    async run({ conference }) {
      const joined = refused(conference.join(), 'the join');
      await conference.leave();
      same((await joined).code, 'left', 'the code');
      same(conference.snapshot().state.kind, 'left', 'the state');
    },
  },
  {
    name: 'a snapshot is another object when something changes, and keeps its unchanged parts',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      await until(conference, 'they are seen', (snapshot) => person(snapshot, other.name));
      const before = conference.snapshot();
      ensure(conference.snapshot() === before, 'it is the same object while nothing changes');
      await conference.setMuted('camera', true);
      const after = conference.snapshot();
      ensure(after !== before && after.local !== before.local, 'it is another object after a change');
      ensure(after.local.camera.muted && !before.local.camera.muted, 'the old one has not changed');
      ensure(after.local.microphone === before.local.microphone, 'unchanged sources stay the same objects');
      ensure(after.meeting === before.meeting && after.chat === before.chat, 'unchanged parts stay');
      ensure(person(after, name) === person(before, name), 'unchanged people stay the same objects');
    },
  },
  {
    name: 'listeners are told until they unsubscribe',
    as: 'guest',
    async run({ conference }) {
      let told = 0;
      const listener = () => {
        told += 1;
      };
      const [one, two] = [conference.subscribe(listener), conference.subscribe(listener)];
      await conference.setMuted('microphone', true);
      same(told, 2, 'how often the same listener, subscribed twice, is told');
      one();
      one();
      await conference.setMuted('microphone', false);
      same(told, 3, 'how often it is told after one of both was ended');
      two();
      await conference.setMuted('microphone', true);
      same(told, 3, 'how often it is told after both were ended');
    },
  },
  {
    name: 'who is there already is in the snapshot, without an event',
    as: 'guest',
    async run(stage) {
      const { conference } = stage;
      const joined = collect(conference, 'joined');
      const other = await withOther(stage);
      await until(conference, 'they are seen', (snapshot) => person(snapshot, other.name));
      same(joined.length, 0, 'the number of events');
      if (stage.lacks?.includes('roles')) return;
      same(person(conference.snapshot(), other.name)?.role, 'host', 'their role');
    },
  },
  {
    name: 'others come and go, and each event comes once',
    as: 'guest',
    async run(stage) {
      const { conference } = stage;
      await withOther(stage);
      const joined = collect(conference, 'joined') as { name: string }[];
      const departed = collect(conference, 'departed') as { name: string }[];
      const third = await comes(stage, 1);
      await until(conference, 'the third is seen', (snapshot) => person(snapshot, third.name));
      await third.act({ do: 'leave' });
      await until(conference, 'the third is gone', (snapshot) => !person(snapshot, third.name));
      await until(conference, 'both are told', () => departed.length > 0);
      same(
        [joined.map((one) => one.name), departed.map((one) => one.name)],
        [[third.name], [third.name]],
        'the events',
      );
    },
  },
  {
    name: 'leaving is told to the others, may be done twice, and nothing is told afterwards',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const track = await stage.track('audio');
      await conference.setTrack('microphone', track);
      await conference.leave();
      const after = conference.snapshot();
      same(after.state, { kind: 'left', reason: 'left', detail: null }, 'the state');
      same([after.participants, after.streams, after.self], [[], [], null], 'what is left');
      ensure(after.local.microphone.track === track && track.readyState === 'live', 'tracks are not stopped');
      let told = 0;
      conference.subscribe(() => {
        told += 1;
      });
      await conference.leave();
      await untilSees(other, 'one is gone', ({ people }) => !people.some((one) => one.name === name));
      await conference.setTrack('microphone', null);
      await conference.setMuted('microphone', true);
      conference.want(new Map([['s0-1', { on: true }]]));
      conference.setReceiveCap(1_000_000);
      same([told, conference.snapshot() === after], [0, true], 'what is told');
    },
  },
  {
    name: 'what needs the meeting is refused outside of it',
    as: 'host',
    async run({ conference }) {
      await refused(conference.sendChat('too early'), 'chat before joining');
      await conference.join();
      const { host } = conference;
      await conference.leave();
      await refused(conference.sendChat('too late'), 'chat after leaving');
      await refused(conference.raiseHand(true), 'a hand after leaving');
      await refused(conference.react('👍'), 'a reaction after leaving');
      ensure(conference.host === null, 'one is no host any more');
      if (host) await refused(host.lock(true), 'locking after leaving');
    },
  },
  {
    name: 'there are figures while one is in, and afterwards',
    as: 'guest',
    async run({ conference }) {
      await conference.join();
      for (let time = 0; time < 2; time += 1) {
        const { bytesReceived, bytesSent, streams } = await conference.statistics();
        ensure(bytesReceived >= 0 && bytesSent >= 0, 'bytes are counted');
        ensure(
          streams.every(({ bitrate }) => bitrate >= 0),
          'no rate is negative',
        );
        await conference.leave();
      }
    },
  },
];
