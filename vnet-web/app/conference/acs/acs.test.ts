import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { testTrack } from '../../test/media';
import type { Conference, Source } from '../conference';
import type { AcsConference } from './acs';
import { Stage, words } from './testing';

let stage: Stage;
let ada: AcsConference;
let bob: AcsConference;

beforeAll(words);

beforeEach(() => {
  stage = new Stage();
  ada = stage.conference('ada', 'host');
  bob = stage.conference('bob');
});

afterEach(() => stage.end());

const streamOf = (at: Conference, name: string, source: Source) =>
  at.snapshot().streams.find((one) => one.participant === name && one.source === source);
const personOf = (at: Conference, name: string) => at.snapshot().participants.find(({ id }) => id === name);
const show = (at: Conference, name: string, source: Source, on = true) => {
  at.want(new Map([[streamOf(at, name, source)?.id ?? 'nothing', { on }]]));
};

describe('coming in', () => {
  test('two people see each other, and hear of those who come and go', async () => {
    const joined = vi.fn();
    const departed = vi.fn();
    ada.on('joined', joined);
    ada.on('departed', departed);
    await ada.join();
    expect(ada.snapshot().self).toMatchObject({ id: 'ada', name: 'ADA', role: 'host', isSelf: true });
    expect(joined).not.toHaveBeenCalled();
    await bob.join({ microphone: testTrack('audio') });
    await vi.waitFor(() =>
      expect(joined).toHaveBeenCalledWith(expect.objectContaining({ id: 'bob', name: 'BOB' })),
    );
    expect(bob.snapshot().participants.map(({ id }) => id)).toEqual(['bob', 'ada']);
    expect(streamOf(ada, 'bob', 'microphone')).toMatchObject({ muted: false, state: 'playing' });
    expect(streamOf(bob, 'ada', 'microphone')).toMatchObject({ muted: true });
    await bob.leave();
    expect(departed).toHaveBeenCalledWith(expect.objectContaining({ id: 'bob' }));
    expect(personOf(ada, 'bob')).toBeUndefined();
  });

  test('everything is taken down in the order that the SDK wants, once, and no track of ours is stopped', async () => {
    const microphone = testTrack('audio');
    const camera = testTrack('video');
    await ada.join({ microphone, camera });
    const call = stage.call('ada');
    const sent = [call.microphone?.media.getTracks()[0], call.camera?.media.getTracks()[0]];
    await Promise.all([ada.leave(), ada.leave()]);
    expect(stage.service.log).toEqual(['hangUp', 'agent', 'credential', 'client']);
    expect(ada.snapshot().state).toEqual({ kind: 'left', reason: 'left', detail: null });
    expect([microphone.readyState, camera.readyState]).toEqual(['live', 'live']);
    expect(sent.map((track) => track?.readyState)).toEqual(['ended', 'ended']);
    expect(call.listening).toBe(0);
  });

  test('one waits in the lobby, and is let in or sent away', async () => {
    stage.service.lobby = true;
    const entered = ada.join();
    await vi.waitFor(() => expect(ada.snapshot().state.kind).toBe('waiting'));
    stage.service.waiting[0]?.admit();
    await entered;
    expect(ada.snapshot().state.kind).toBe('joined');
    const refused = expect(bob.join()).rejects.toMatchObject({ code: 'denied' });
    await vi.waitFor(() => expect(bob.snapshot().state.kind).toBe('waiting'));
    stage.service.waiting[1]?.end({ code: 0, subCode: 0 });
    await refused;
    expect(bob.snapshot().state).toMatchObject({ kind: 'left', reason: 'denied' });
  });

  test('leaving while one still comes in ends both', async () => {
    stage.service.lobby = true;
    const entered = expect(ada.join()).rejects.toMatchObject({ code: 'left' });
    await vi.waitFor(() => expect(ada.snapshot().state.kind).toBe('waiting'));
    await ada.leave();
    await entered;
    expect(stage.service.log).toEqual(['hangUp', 'agent', 'credential', 'client']);
  });

  test('one identity is in one tab: the newer one', async () => {
    await ada.join();
    const other = stage.conference('ada');
    await other.join();
    expect(ada.snapshot().state).toMatchObject({ kind: 'left', reason: 'elsewhere' });
    expect(stage.service.all).toHaveLength(1);
  });
});

describe('endings', () => {
  const cases = [
    [{ code: 0, subCode: 5300 }, 'removed'],
    [{ code: 0, subCode: 4097 }, 'ended'],
    [{ code: 487, subCode: 10003 }, 'elsewhere'],
    [{ code: 404 }, 'not-found'],
    [{ code: 405 }, 'failed'],
  ] as const;

  test.each(cases)('the end %o of a call means: %s', async (end, reason) => {
    await ada.join();
    stage.call('ada').end(end);
    await vi.waitFor(() => expect(ada.snapshot().state).toMatchObject({ kind: 'left', reason }));
    expect(ada.snapshot().state).toHaveProperty('detail', expect.stringMatching(/\w+/));
  });

  test('what may pass is tried again, with a new ticket each time, and what does not pass is told', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    stage.service.refusals.push({ code: 503, subCode: 1 }, { code: 495, subCode: 4507 });
    const entered = ada.join();
    await vi.advanceTimersByTimeAsync(6_000);
    await entered;
    expect(stage.service.credentials).toHaveLength(3);
    stage.service.refusals.push(...Array.from({ length: 4 }, () => ({ code: 410, subCode: 3112 })));
    const refused = expect(bob.join()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/firewall.*410\/3112/),
    });
    await vi.advanceTimersByTimeAsync(15_000);
    await refused;
    vi.useRealTimers();
  });

  test('a call that breaks is entered again with what was sent', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await ada.join({ camera: testTrack('video') });
    await bob.join();
    stage.call('ada').end({ code: 496, subCode: 7 });
    expect(ada.snapshot().state).toEqual({ kind: 'reconnecting', what: 'server' });
    await vi.waitFor(() => expect(ada.snapshot().state.kind).toBe('joined'));
    await vi.waitFor(() => expect(streamOf(bob, 'ada', 'camera')).toBeDefined());
    expect(personOf(ada, 'bob')).toBeDefined();
    vi.useRealTimers();
  });

  test('lost media is told, and that it is back', async () => {
    await ada.join();
    const { diagnostics } = stage.call('ada');
    diagnostics.latest = { networkReconnect: { value: 3 } };
    diagnostics.emit('diagnosticChanged');
    expect(ada.snapshot().state).toEqual({ kind: 'reconnecting', what: 'media' });
    expect(ada.snapshot().self).toMatchObject({ quality: 'lost', connected: false });
    diagnostics.latest = { networkReconnect: { value: 1 }, networkSendQuality: { value: 2 } };
    diagnostics.emit('diagnosticChanged');
    expect(ada.snapshot().state.kind).toBe('joined');
    expect(ada.snapshot().self).toMatchObject({ quality: 'fair', connected: true });
  });
});

describe('pictures of others', () => {
  beforeEach(async () => {
    await ada.join();
    await bob.join({ camera: testTrack('video') });
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')).toBeDefined());
  });
  const remote = () => stage.call('ada').remoteParticipants[0]?.videoStreams[0];

  test('are asked for when they are wanted', async () => {
    expect(streamOf(ada, 'bob', 'camera')).toMatchObject({ state: 'off', media: null });
    expect(remote()?.asked).toBe(0);
    show(ada, 'bob', 'camera');
    expect(streamOf(ada, 'bob', 'camera')?.state).toBe('starting');
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')?.state).toBe('playing'));
    const { media } = streamOf(ada, 'bob', 'camera') ?? {};
    show(ada, 'bob', 'camera', false);
    expect(streamOf(ada, 'bob', 'camera')).toMatchObject({ state: 'off', media: null });
    expect(media?.getTracks().map((track) => track.readyState)).toEqual(['live']);
  });

  test('are asked for anew when they come back, and are other objects then', async () => {
    show(ada, 'bob', 'camera');
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')?.state).toBe('playing'));
    const before = streamOf(ada, 'bob', 'camera')?.media;
    await bob.setMuted('camera', true);
    expect(streamOf(ada, 'bob', 'camera')).toBeUndefined();
    await bob.setMuted('camera', false);
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')?.state).toBe('playing'));
    expect(streamOf(ada, 'bob', 'camera')?.media).not.toBe(before);
    expect(remote()?.asked).toBe(2);
  });

  test('that do not come at once are asked for again', async () => {
    const picture = remote();
    const real = picture?.getMediaStream.bind(picture);
    if (!picture || !real) throw new Error('no picture');
    picture.getMediaStream = vi.fn(real).mockRejectedValueOnce(new Error('not yet'));
    show(ada, 'bob', 'camera');
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')?.state).toBe('playing'));
    expect(picture.getMediaStream).toHaveBeenCalledTimes(2);
  });

  test('are as many as the device can show, the most important first', async () => {
    const cyd = stage.conference('cyd');
    await cyd.join({ camera: testTrack('video') });
    await vi.waitFor(() => expect(streamOf(ada, 'cyd', 'camera')).toBeDefined());
    show(ada, 'bob', 'camera');
    show(ada, 'cyd', 'camera');
    const { pictures } = stage.call('ada');
    expect(ada.capabilities.pictures).toBe(pictures.count);
    pictures.count = 1;
    pictures.emit('optimalVideoCountChanged');
    expect(ada.capabilities.pictures).toBe(1);
    await vi.waitFor(() => expect(streamOf(ada, 'bob', 'camera')?.state).toBe('playing'));
    expect(streamOf(ada, 'cyd', 'camera')).toMatchObject({ state: 'paused', media: null });
    ada.want(new Map([[streamOf(ada, 'cyd', 'camera')?.id ?? '', { on: true, priority: 'pinned' }]]));
    await vi.waitFor(() => expect(streamOf(ada, 'cyd', 'camera')?.state).toBe('playing'));
    expect(streamOf(ada, 'bob', 'camera')?.state).toBe('paused');
  });
});

describe('what one sends', () => {
  beforeEach(async () => {
    await ada.join({ microphone: testTrack('audio'), microphoneMuted: true });
    await bob.join();
  });

  test('the microphone is muted and not, by oneself and by others', async () => {
    expect(streamOf(bob, 'ada', 'microphone')?.muted).toBe(true);
    await ada.setMuted('microphone', false);
    expect(streamOf(bob, 'ada', 'microphone')?.muted).toBe(false);
    const silenced = vi.fn();
    ada.on('silenced', silenced);
    stage.call('ada').silence();
    expect(silenced).toHaveBeenCalledWith({ source: 'microphone', by: null });
    expect(ada.snapshot().local.microphone.muted).toBe(true);
    await ada.setMuted('microphone', false);
    expect(stage.call('ada').isMuted).toBe(false);
  });

  test('devices are switched in the streams that are there', async () => {
    const call = stage.call('ada');
    const { microphone } = call;
    const first = microphone?.media.getTracks()[0];
    await ada.setTrack('microphone', testTrack('audio'));
    expect(call.microphone).toBe(microphone);
    expect(first?.readyState).toBe('ended');
    await ada.setTrack('camera', testTrack('video'));
    const { camera } = call;
    expect(camera).not.toBeNull();
    await ada.setTrack('camera', testTrack('video'));
    expect(call.camera).toBe(camera);
    await ada.setTrack('camera', null);
    expect(call.camera).toBeNull();
    expect(camera).toMatchObject({ disposed: true });
  });

  test('quick switching ends with what was wanted last', async () => {
    const track = testTrack('video');
    await Promise.all([
      ada.setTrack('camera', track),
      ada.setMuted('camera', true),
      ada.setMuted('camera', false),
      ada.setMuted('camera', true),
    ]);
    expect(stage.call('ada').camera).toBeNull();
    await ada.setMuted('camera', false);
    expect(stage.call('ada').camera).not.toBeNull();
  });

  test('a screen is shared until one ends it or somebody else takes over', async () => {
    await ada.setTrack('screen', testTrack('video'));
    await vi.waitFor(() => expect(streamOf(bob, 'ada', 'screen')).toBeDefined());
    stage.call('ada').loseScreen();
    expect(ada.snapshot().local.screen.track).toBeNull();
    expect(streamOf(bob, 'ada', 'screen')).toBeUndefined();
    await expect(ada.setTrack('screenAudio', testTrack('audio'))).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test('what fails is told in words, and nothing pretends to be sent', async () => {
    stage.service.problems.push(new Error('the camera is used by another program'));
    await expect(ada.setTrack('camera', testTrack('video'))).rejects.toThrow(/camera.*another program/);
    expect(ada.snapshot().local.camera.track).toBeNull();
    await ada.setTrack('camera', testTrack('video'));
    expect(stage.call('ada').camera).not.toBeNull();
  });

  test('devices that the browser refuses are told', async () => {
    stage.service.permitted = false;
    const cyd = stage.conference('cyd');
    const refused = vi.fn();
    cyd.on('refused', refused);
    await cyd.join({ camera: testTrack('video') });
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'acs_permission' }));
  });
});

describe('the rest', () => {
  beforeEach(async () => {
    await ada.join();
    await bob.join();
    await vi.waitFor(() => expect(personOf(ada, 'bob')).toBeDefined());
  });

  test('hands go up and down, for all to see', async () => {
    const hand = vi.fn();
    ada.on('hand', hand);
    await bob.raiseHand(true);
    expect(personOf(ada, 'bob')?.hand).toBe(true);
    expect(bob.snapshot().self?.hand).toBe(true);
    expect(hand).toHaveBeenCalledWith(expect.objectContaining({ id: 'bob', hand: true }));
    await ada.raiseHand(false, 'bob');
    expect(bob.snapshot().self?.hand).toBe(false);
  });

  test('reactions are those that the service has', async () => {
    const seen = vi.fn();
    ada.on('reaction', seen);
    await bob.react('❤');
    expect(seen).toHaveBeenCalledWith({ participant: 'bob', emoji: '❤️' });
    await expect(bob.react('🦀')).rejects.toMatchObject({ code: 'bad_text' });
  });

  test('who speaks holds the floor', () => {
    stage.call('bob').speak(true);
    expect(ada.snapshot().dominant).toBe('bob');
    expect(personOf(ada, 'bob')?.level).toBeGreaterThan(0);
    stage.call('bob').speak(false);
    expect(personOf(ada, 'bob')?.level).toBe(0);
  });

  test('figures are those of the service, and bytes are what its rates come to', async () => {
    const now = vi.spyOn(performance, 'now');
    const at = performance.now();
    const figures = {
      audio: {
        send: [{ bitrate: 32_000 }],
        receive: [{ bitrate: 32_000, packetsPerSecond: 49, packetsLostPerSecond: 1 }],
      },
      video: {
        send: [],
        receive: [{ bitrate: 968_000, frameWidthReceived: 1280, frameRateDecoded: 30, streamId: 0 }],
      },
      screenShare: { send: [], receive: [] },
      transports: [{ rttInMs: 25 }],
    };
    const id = stage.call('ada').remoteParticipants[0]?.videoStreams[0].id ?? -1;
    Object.assign(figures.video.receive[0] ?? {}, { streamId: id });
    now.mockReturnValue(at);
    stage.call('ada').figures.emit('sampleReported', figures);
    const before = (await ada.statistics()).bytesReceived;
    now.mockReturnValue(at + 2_000);
    stage.call('ada').figures.emit('sampleReported', figures);
    const statistics = await ada.statistics();
    expect(statistics.bytesReceived - before).toBe(250_000);
    expect(statistics.roundTripMs).toBe(25);
    expect(statistics.streams).toContainEqual(
      expect.objectContaining({ participant: 'bob', source: 'camera', direction: 'in', width: 1280 }),
    );
    expect(statistics.streams[0]).toMatchObject({ source: 'microphone', loss: 0.02 });
  });

  test('the loudspeaker is chosen where the sound is played: by the SDK', async () => {
    await ada.setLoudspeaker({ deviceId: 'abc', label: '' });
    expect(stage.service.log).toContain('speaker Headphones');
    await expect(ada.setLoudspeaker({ deviceId: 'none', label: '' })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
