import { useCallback, useEffect, useRef, useState } from 'react';
import {
  capture,
  captureBoth,
  causeOf,
  type DeviceCause,
  DeviceError,
  type InputKind,
  keepChoices,
  readChoices,
  setBlur,
} from '../../devices';

/** One device while one prepares. */
export interface Input {
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
  /** Why there is no track; `null`: nothing is wrong. */
  readonly problem: DeviceCause | null;
  /** Being asked for. */
  readonly pending: boolean;
}

export interface SetupMedia {
  readonly microphone: Input;
  readonly camera: Input;
  /** Takes another device. */
  choose(kind: InputKind, id: string): void;
  /** Switches between silent and not, or between dark and not. */
  toggle(kind: InputKind): void;
  /** Asks once more for what failed. */
  retry(): void;
  /** Gives the tracks away: they are not stopped when the page goes. */
  handOver(): void;
  /** Takes them back: joining failed. */
  takeBack(): void;
}

type Inputs = Readonly<Record<InputKind, Input>>;

function atFirst(): Inputs {
  const { microphoneMuted, cameraMuted } = readChoices();
  const input = { track: null, problem: null, pending: false };
  return { microphone: { ...input, muted: microphoneMuted }, camera: { ...input, muted: cameraMuted } };
}

/** Camera and microphone while one prepares: captured at once, stopped when the page goes. */
export function useSetupMedia(onCaptured: () => void): SetupMedia {
  const [inputs, setInputs] = useState(atFirst);
  // What is captured, for the end of the page, which knows no state.
  const tracks = useRef<Record<InputKind, MediaStreamTrack | null>>({ microphone: null, camera: null });
  const isMounted = useRef(false);
  const isHandedOver = useRef(false);
  // Of two questions that overlap the later one counts.
  const round = useRef({ microphone: 0, camera: 0 });
  const tellCaptured = useRef(onCaptured);
  useEffect(() => {
    tellCaptured.current = onCaptured;
  }, [onCaptured]);

  const change = useCallback((kind: InputKind, change: Partial<Input>) => {
    setInputs((before) => ({ ...before, [kind]: { ...before[kind], ...change } }));
  }, []);

  const settle = useCallback(
    (kind: InputKind, mine: number, found: MediaStreamTrack | DeviceError) => {
      if (!isMounted.current || round.current[kind] !== mine) {
        if (!(found instanceof DeviceError)) found.stop();
        return;
      }
      if (found instanceof DeviceError) {
        change(kind, { problem: found.reason, pending: false });
        return;
      }
      if (tracks.current[kind] !== found) tracks.current[kind]?.stop();
      tracks.current[kind] = found;
      found.addEventListener('ended', () => {
        if (tracks.current[kind] !== found) return;
        tracks.current[kind] = null;
        change(kind, { track: null, problem: 'unplugged' });
      });
      if (kind === 'camera' && readChoices().blur) void setBlur(found, true);
      change(kind, { track: found, problem: null, pending: false });
      tellCaptured.current();
    },
    [change],
  );

  const ask = useCallback(
    async (kind: InputKind, id: string | null) => {
      round.current[kind] += 1;
      const mine = round.current[kind];
      change(kind, { pending: true, problem: null });
      const found = await capture(kind, id).catch((error: unknown) => new DeviceError(causeOf(error)));
      settle(kind, mine, found);
    },
    [change, settle],
  );

  const askAll = useCallback(async () => {
    const choices = readChoices();
    if (choices.cameraMuted) {
      await ask('microphone', choices.microphone);
      return;
    }
    round.current.microphone += 1;
    round.current.camera += 1;
    const mine = { ...round.current };
    change('microphone', { pending: true, problem: null });
    change('camera', { pending: true, problem: null });
    const found = await captureBoth(choices.microphone, choices.camera);
    settle('microphone', mine.microphone, found.microphone);
    settle('camera', mine.camera, found.camera);
  }, [ask, change, settle]);

  useEffect(() => {
    isMounted.current = true;
    void askAll();
    return () => {
      isMounted.current = false;
      if (isHandedOver.current) return;
      for (const kind of ['microphone', 'camera'] as const) {
        tracks.current[kind]?.stop();
        tracks.current[kind] = null;
      }
    };
  }, [askAll]);

  // A muted microphone captures on, so that it is heard at once; a camera that is off must not shine.
  const toggle = (kind: InputKind) => {
    const { muted, track } = inputs[kind];
    keepChoices(kind === 'camera' ? { cameraMuted: !muted } : { microphoneMuted: !muted });
    change(kind, { muted: !muted });
    if (kind === 'camera' && !muted) {
      round.current.camera += 1;
      tracks.current.camera = null;
      track?.stop();
      change('camera', { track: null, problem: null, pending: false });
    } else if (muted && !track) {
      void ask(kind, readChoices()[kind]);
    }
  };

  const choose = (kind: InputKind, id: string) => {
    keepChoices({ [kind]: id || null });
    if (kind === 'camera' && inputs.camera.muted) return;
    // Some systems open a camera or microphone only once.
    const before = tracks.current[kind];
    tracks.current[kind] = null;
    before?.stop();
    change(kind, { track: null });
    void ask(kind, id || null);
  };

  const retry = () => {
    const { microphone, camera } = inputs;
    const isWanted = !camera.muted;
    if (microphone.problem && camera.problem && isWanted) void askAll();
    else if (microphone.problem) void ask('microphone', readChoices().microphone);
    else if (camera.problem && isWanted) void ask('camera', readChoices().camera);
  };

  const handOver = useCallback(() => {
    isHandedOver.current = true;
  }, []);
  const takeBack = useCallback(() => {
    isHandedOver.current = false;
  }, []);

  return {
    ...inputs,
    choose,
    toggle,
    retry,
    handOver,
    takeBack,
  };
}
