import { collect, comes, ensure, person, refused, same, stream, until, untilSees, withOther } from './check';
import type { Rule } from './rules';
import type { Stage } from './stage';

function hostOf({ conference }: Stage) {
  const { host } = conference;
  ensure(host, 'a host has actions');
  return host;
}

const isOut = (reason: string) => (sight: { state: string; reason: string | null }) =>
  sight.state === 'left' && sight.reason === reason;

/** What hosts do, and what becomes of those they do it to. */
export const hostRules: readonly Rule[] = [
  {
    name: 'guests have no host actions, and hosts have',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const other = await withOther(stage);
      ensure(stage.conference.host === null, 'a guest has no host actions');
      await other.act({ do: 'handOver', who: stage.name });
      await until(stage.conference, 'one is a host', ({ self }) => self?.role === 'host');
      ensure(stage.conference.host !== null, 'a host has actions');
    },
  },
  {
    name: 'who hands over is a guest, whose actions are refused',
    as: 'host',
    needs: 'hostActions',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      const host = hostOf(stage);
      const them = await until(conference, 'they are there', (now) => person(now, other.name));
      await host.handOver(them.id);
      await until(conference, 'one is a guest', ({ self }) => self?.role === 'guest');
      ensure(conference.host === null, 'a guest has no host actions');
      same((await refused(host.lock(true), 'locking')).code, 'not_host', 'the code');
      await untilSees(other, 'they are a host', ({ people }) =>
        people.some((one) => one.name === other.name && one.role === 'host'),
      );
    },
  },
  {
    name: 'a host mutes somebody',
    as: 'host',
    needs: 'hostActions',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      await other.act({ do: 'publish', source: 'microphone' });
      const { id } = await until(conference, 'the voice is there', (now) =>
        stream(now, other.name, 'microphone'),
      );
      await hostOf(stage).mute(id);
      await until(conference, 'it is muted', (now) => stream(now, other.name, 'microphone')?.muted);
      await untilSees(other, 'they know', ({ muted }) => muted.includes('microphone'));
    },
  },
  {
    name: 'who is muted by a host is silent, is told once, and may speak again',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const silenced = collect(conference, 'silenced') as { source: string; by: string | null }[];
      const microphone = await stage.track('audio');
      await conference.setTrack('microphone', microphone);
      const hears = (muted: boolean) => (sight: { streams: readonly { of: string; muted: boolean }[] }) =>
        sight.streams.some((one) => one.of === name && one.muted === muted);
      await untilSees(other, 'one is heard', hears(false));
      await other.act({ do: 'silence', who: name, source: 'microphone' });
      await until(conference, 'one is muted', ({ local }) => local.microphone.muted);
      same(microphone.enabled, false, 'whether something is sent');
      await until(conference, 'it is told', () => silenced.length > 0);
      const host = person(conference.snapshot(), other.name);
      same(silenced, [{ source: 'microphone', by: host?.id }], 'what was told');
      await conference.setMuted('microphone', false);
      await untilSees(other, 'one is heard again', hears(false));
    },
  },
  {
    name: 'a host removes somebody',
    as: 'host',
    needs: 'hostActions',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      const them = await until(conference, 'they are there', (now) => person(now, other.name));
      await hostOf(stage).remove(them.id);
      await untilSees(other, 'they are out', isOut('removed'));
      await until(conference, 'they are gone', (now) => !person(now, other.name));
      await refused(hostOf(stage).remove(them.id), 'removing who is gone');
    },
  },
  {
    name: 'who is removed is out, and knows why',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const other = await withOther(stage);
      await other.act({ do: 'remove', who: stage.name });
      const state = await until(
        stage.conference,
        'one is out',
        (now) => now.state.kind === 'left' && now.state,
      );
      same(state.reason, 'removed', 'the reason');
    },
  },
  {
    name: 'a meeting that is ended is over for all',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const other = await withOther(stage);
      await other.act({ do: 'end' });
      const state = await until(
        stage.conference,
        'one is out',
        (now) => now.state.kind === 'left' && now.state,
      );
      same(state.reason, 'ended', 'the reason');
      await untilSees(other, 'they are out, too', isOut('ended'));
    },
  },
  {
    name: 'who comes to a locked meeting is refused',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const { conference } = stage;
      const other = await comes(stage, 0);
      await other.act({ do: 'lock', on: true });
      same((await refused(conference.join(), 'joining')).code, 'locked', 'the code');
      const { state } = conference.snapshot();
      same([state.kind, state.kind === 'left' && state.reason], ['left', 'locked'], 'the state');
    },
  },
  {
    name: 'a host sees who waits, lets in and sends away',
    as: 'host',
    needs: 'hostActions',
    async run(stage) {
      const { conference } = stage;
      await conference.join();
      await hostOf(stage).lobby(true);
      await until(conference, 'the lobby is on', ({ meeting }) => meeting.lobby);
      const [one, two] = [await stage.other(0), await stage.other(1)];
      await one.act({ do: 'join' });
      const first = await until(conference, 'the first waits', ({ waiting }) =>
        waiting.find(({ name }) => name === one.name),
      );
      await untilSees(one, 'they wait', ({ state }) => state === 'waiting');
      await hostOf(stage).admit(first.id);
      await untilSees(one, 'they are in', ({ state }) => state === 'joined');
      await two.act({ do: 'join' });
      const second = await until(conference, 'the second waits', ({ waiting }) =>
        waiting.find(({ name }) => name === two.name),
      );
      await hostOf(stage).deny(second.id);
      await untilSees(two, 'they are out', isOut('denied'));
      await until(conference, 'nobody waits', ({ waiting }) => waiting.length === 0);
      ensure(
        person(conference.snapshot(), one.name) && !person(conference.snapshot(), two.name),
        'one of both is in',
      );
    },
  },
  {
    name: 'who waits in the lobby is in when a host lets them',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const { conference, name } = stage;
      const other = await comes(stage, 0);
      await other.act({ do: 'lobby', on: true });
      const joined = conference.join();
      await until(conference, 'one waits', ({ state }) => state.kind === 'waiting');
      same(conference.snapshot().participants, [], 'who is seen from the lobby');
      const camera = await stage.track('video');
      await conference.setTrack('camera', camera);
      await untilSees(other, 'one is seen', ({ waiting }) => waiting.includes(name));
      await other.act({ do: 'admit', who: name });
      await joined;
      await untilSees(other, 'what was set meanwhile is there', ({ streams }) =>
        streams.some((one) => one.of === name),
      );
    },
  },
  {
    name: 'who is not let in is out, and knows why',
    as: 'guest',
    needs: 'hostActions',
    async run(stage) {
      const { conference, name } = stage;
      const other = await comes(stage, 0);
      await other.act({ do: 'lobby', on: true });
      const joined = refused(conference.join(), 'joining');
      await untilSees(other, 'one is seen', ({ waiting }) => waiting.includes(name));
      await other.act({ do: 'deny', who: name });
      same((await joined).code, 'denied', 'the code');
    },
  },
];
