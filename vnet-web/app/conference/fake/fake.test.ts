import { beforeEach, describe, expect, test, vi } from 'vitest';
import { testTrack } from '../../test/media';
import type { Stream } from '../conference';
import { FakeConference, fakeOptions } from './fake';

describe('a made-up meeting', () => {
  let conference: FakeConference;
  const stream = (name: string, source: Stream['source']) => {
    const who = conference.snapshot().participants.find((one) => one.name === name);
    return conference.snapshot().streams.find((one) => one.participant === who?.id && one.source === source);
  };
  const person = (name: string) => conference.snapshot().participants.find((one) => one.name === name);

  beforeEach(async () => {
    conference = new FakeConference();
    conference.room.add('Ada');
    await conference.join();
  });

  test('plays voices at once and pictures when they are wanted', async () => {
    await vi.waitFor(() => expect(stream('Ada', 'microphone')?.state).toBe('playing'));
    const camera = stream('Ada', 'camera');
    expect(camera).toMatchObject({ state: 'off', media: null });
    conference.want(new Map([[camera?.id ?? '', { on: true, width: 320 }]]));
    expect(stream('Ada', 'camera')?.state).toBe('starting');
    await vi.waitFor(() => expect(stream('Ada', 'camera')?.media).toBeInstanceOf(MediaStream));
    const playing = stream('Ada', 'camera');
    conference.room.speak(person('Ada')?.id ?? '', 0.5);
    expect(stream('Ada', 'camera')).toBe(playing);
  });

  test('pauses the least important pictures when less may be received', async () => {
    conference.room.add('Bob');
    const [ada, bob] = [stream('Ada', 'camera')?.id ?? '', stream('Bob', 'camera')?.id ?? ''];
    conference.want(
      new Map([
        [ada, { on: true, width: 640 }],
        [bob, { on: true, width: 640, priority: 'pinned' }],
      ]),
    );
    conference.setReceiveCap(1_000_000);
    await vi.waitFor(() => expect(stream('Bob', 'camera')?.state).toBe('playing'));
    expect(stream('Ada', 'camera')?.state).toBe('paused');
    conference.setReceiveCap(null);
    await vi.waitFor(() => expect(stream('Ada', 'camera')?.state).toBe('playing'));
  });

  test('catches up with what it missed while the connection was lost', () => {
    const lines = vi.fn();
    conference.on('chat', lines);
    conference.lose();
    conference.room.say(person('Ada')?.id ?? '', 'Hello?');
    expect(conference.snapshot().state).toEqual({ kind: 'reconnecting', what: 'server' });
    expect(conference.snapshot().chat).toHaveLength(0);
    conference.recover();
    expect(conference.snapshot().chat.map((line) => line.text)).toEqual(['Hello?']);
    expect(lines).toHaveBeenCalledTimes(1);
    expect(conference.snapshot().state.kind).toBe('joined');
  });

  test('is out when a host says so', () => {
    conference.room.putOut(conference.snapshot().self?.id ?? '', 'removed');
    expect(conference.snapshot().state).toEqual({ kind: 'left', reason: 'removed', detail: null });
  });

  test('takes a device back that is unplugged', async () => {
    const track = testTrack('video');
    await conference.setTrack('camera', track);
    expect(conference.snapshot().local.camera.track).toBe(track);
    track.dispatchEvent(new Event('ended'));
    expect(conference.snapshot().local.camera.track).toBeNull();
  });
});

test('the options stand in the address', () => {
  expect(fakeOptions('?people=24&role=guest&lobby&still')).toMatchObject({
    people: 24,
    role: 'guest',
    lobby: true,
    alive: false,
  });
  expect(fakeOptions('?people=-3')).toMatchObject({ people: 4, role: 'host', lobby: false, alive: true });
});

test('who must wait is in when somebody lets them in', async () => {
  const conference = new FakeConference({ lobby: true, people: 2 });
  const joined = conference.join();
  await vi.waitFor(() => expect(conference.snapshot().state.kind).toBe('waiting'));
  conference.room.admit([...conference.room.waiting.keys()][0] ?? '');
  await joined;
  expect(conference.snapshot().participants).toHaveLength(3);
});
