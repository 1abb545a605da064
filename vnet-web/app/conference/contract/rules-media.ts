import { comes, ensure, same, stream, until, untilSees, withOther } from './check';
import type { Rule } from './rules';
import type { Sight } from './stage';

const has = (of: string, source: string, muted?: boolean) => (sight: Sight) =>
  sight.streams.some(
    (one) => one.of === of && one.source === source && (muted === undefined || one.muted === muted),
  );

/** What one sends, and what one gets of others. */
export const mediaRules: readonly Rule[] = [
  {
    name: 'what one joins with is published, muted if it was said so',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const [microphone, camera] = await Promise.all([stage.track('audio'), stage.track('video')]);
      const other = await comes(stage, 0);
      await conference.join({ microphone, camera, microphoneMuted: true });
      const { local } = conference.snapshot();
      ensure(
        local.microphone.track === microphone && local.camera.track === camera,
        'the tracks are in the snapshot',
      );
      same([local.microphone.muted, local.camera.muted], [true, false], 'what is muted');
      same([microphone.enabled, camera.enabled], [false, true], 'what is sent');
      await untilSees(other, 'the camera is there', has(name, 'camera', false));
      await untilSees(other, 'the silent microphone is there', has(name, 'microphone', true));
      ensure(
        !conference.snapshot().streams.some((one) => one.participant === conference.snapshot().self?.id),
        'one’s own is not among the streams',
      );
    },
  },
  {
    name: 'a track that is set while joining is published, too',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await comes(stage, 0);
      const camera = await stage.track('video');
      const joined = conference.join();
      await conference.setTrack('camera', camera);
      await joined;
      await untilSees(other, 'the camera is there', has(name, 'camera'));
    },
  },
  {
    name: 'a source is published, replaced in its stream, and taken back',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      await conference.setTrack('camera', await stage.track('video'));
      const idOf = ({ streams }: Sight) =>
        streams.find((one) => one.of === name && one.source === 'camera')?.id;
      const first = idOf(await untilSees(other, 'the camera is there', has(name, 'camera')));
      const second = await stage.track('video');
      await conference.setTrack('camera', second);
      ensure(conference.snapshot().local.camera.track === second, 'the new track is in the snapshot');
      same(idOf(await other.sees()), first, 'the stream');
      await conference.setTrack('camera', null);
      await untilSees(other, 'the camera is gone', (sight) => !has(name, 'camera')(sight));
      same(conference.snapshot().local.camera, { track: null, muted: false }, 'the source');
    },
  },
  {
    name: 'a screen is shared beside the camera',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      await conference.setTrack('camera', await stage.track('video'));
      await conference.setTrack('screen', await stage.track('video'));
      await untilSees(
        other,
        'both are there',
        (sight) => has(name, 'camera')(sight) && has(name, 'screen')(sight),
      );
      await conference.setTrack('screen', null);
      await untilSees(
        other,
        'the screen is gone',
        (sight) => has(name, 'camera')(sight) && !has(name, 'screen')(sight),
      );
    },
  },
  {
    name: 'a muted source sends nothing, and the others see it',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const microphone = await stage.track('audio');
      await conference.setTrack('microphone', microphone);
      await untilSees(other, 'it is heard', has(name, 'microphone', false));
      await conference.setMuted('microphone', true);
      same([microphone.enabled, conference.snapshot().local.microphone.muted], [false, true], 'the track');
      await untilSees(other, 'it is muted', has(name, 'microphone', true));
      await conference.setMuted('microphone', false);
      same(microphone.enabled, true, 'the track');
      await untilSees(other, 'it is heard again', has(name, 'microphone', false));
    },
  },
  {
    name: 'a source that is switched quickly comes to rest as it was set last',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const [one, two] = await Promise.all([stage.track('video'), stage.track('video')]);
      await Promise.all([
        conference.setTrack('camera', one),
        conference.setTrack('camera', null),
        conference.setTrack('camera', two),
        conference.setMuted('camera', true),
        conference.setMuted('camera', false),
        conference.setMuted('camera', true),
      ]);
      ensure(conference.snapshot().local.camera.track === two, 'the last track is there');
      const gone = stage.lacks?.includes('mutedPictures');
      const muted = gone ? (sight: Sight) => !has(name, 'camera')(sight) : has(name, 'camera', true);
      await untilSees(other, 'it is there and muted', muted);
    },
  },
  {
    name: 'a device that is unplugged is taken back',
    as: 'guest',
    async run(stage) {
      const { conference, name } = stage;
      const other = await withOther(stage);
      const camera = await stage.track('video');
      await conference.setTrack('camera', camera);
      await untilSees(other, 'the camera is there', has(name, 'camera'));
      camera.dispatchEvent(new Event('ended'));
      await until(conference, 'it is taken back', ({ local }) => local.camera.track === null);
      await untilSees(other, 'the camera is gone', (sight) => !has(name, 'camera')(sight));
    },
  },
  {
    name: 'streams of others come and go; voices are on at first, pictures off',
    as: 'guest',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      await other.act({ do: 'publish', source: 'microphone' });
      await other.act({ do: 'publish', source: 'camera' });
      const camera = await until(conference, 'the camera is there', (now) =>
        stream(now, other.name, 'camera'),
      );
      const microphone = await until(conference, 'the voice is there', (now) =>
        stream(now, other.name, 'microphone'),
      );
      if (conference.capabilities.want) {
        same([camera.state, camera.media === null], ['off', true], 'the picture');
        ensure(microphone.state !== 'off', 'the voice is wanted');
      }
      await until(conference, 'the voice plays', (now) => {
        const voice = stream(now, other.name, 'microphone');
        return voice?.state === 'playing' && (voice.media || stage.lacks?.includes('voices'));
      });
      await other.act({ do: 'mute', source: 'microphone', muted: true });
      await until(conference, 'it is muted', (now) => stream(now, other.name, 'microphone')?.muted);
      await other.act({ do: 'unpublish', source: 'camera' });
      await until(conference, 'the camera is gone', (now) => !stream(now, other.name, 'camera'));
    },
  },
  {
    name: 'a picture plays while it is wanted, in the same stream until something else plays',
    as: 'guest',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      await other.act({ do: 'publish', source: 'camera' });
      const { id } = await until(conference, 'the camera is there', (now) =>
        stream(now, other.name, 'camera'),
      );
      const playing = () =>
        until(conference, 'the picture plays', (now) => {
          const camera = stream(now, other.name, 'camera');
          return camera?.state === 'playing' && camera.media ? camera : null;
        });
      conference.want(new Map([[id, { on: true, width: 320, priority: 'tile' }]]));
      const { media } = await playing();
      if (!stage.lacks?.includes('mutedPictures')) {
        await other.act({ do: 'mute', source: 'camera', muted: true });
        await until(conference, 'it is muted', (now) => stream(now, other.name, 'camera')?.muted);
        await other.act({ do: 'mute', source: 'camera', muted: false });
        await until(conference, 'it is back', (now) => stream(now, other.name, 'camera')?.muted === false);
      }
      conference.want(new Map([[id, { on: true, width: 1280, priority: 'pinned' }]]));
      ensure((await playing()).media === media, 'the stream is the same object');
      if (!conference.capabilities.want) return;
      conference.want(new Map([[id, { on: false }]]));
      const camera = stream(conference.snapshot(), other.name, 'camera');
      same([camera?.state, camera?.media], ['off', null], 'what is not wanted');
      conference.want(new Map([[id, { on: true }]]));
      await playing();
    },
  },
  {
    name: 'what is beyond the cap is paused, and plays when the cap is lifted',
    as: 'guest',
    needs: 'receiveCap',
    async run(stage) {
      const { conference } = stage;
      const other = await withOther(stage);
      await other.act({ do: 'publish', source: 'camera' });
      const { id } = await until(conference, 'the camera is there', (now) =>
        stream(now, other.name, 'camera'),
      );
      conference.setReceiveCap(50_000);
      conference.want(new Map([[id, { on: true, width: 640 }]]));
      same(stream(conference.snapshot(), other.name, 'camera')?.state, 'paused', 'the state');
      conference.setReceiveCap(null);
      await until(conference, 'it plays', (now) => stream(now, other.name, 'camera')?.state === 'playing');
    },
  },
];
