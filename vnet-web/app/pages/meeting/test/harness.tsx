import { MantineProvider } from '@mantine/core';
import { act, cleanup, configure, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { useState } from 'react';
import { initReactI18next } from 'react-i18next';
import { vi } from 'vitest';
import type { Want } from '../../../conference/conference';
import { FakeConference, type FakeOptions } from '../../../conference/fake/fake';
import { emptySources } from '../../../conference/fake/sources';
import en from '../../../i18n/locales/en';
import { readShell } from '../../../shell';
import { ShellContext } from '../../../shell-context';
import { Call, type CallOptions } from '../call/call';
import { Stage } from '../stage/stage';

// On a busy machine a page takes its time.
configure({ asyncUtilTimeout: 8_000 });
vi.setConfig({ testTimeout: 30_000 });

/** A desk: what nothing lays out has this size. */
const SIZE = { width: 1280, height: 700 };

class Observer {
  readonly #tell: (entries: object[]) => void;
  constructor(tell: (entries: object[]) => void) {
    this.#tell = tell;
  }
  observe(target: Element): void {
    queueMicrotask(() => this.#tell([{ target, contentRect: SIZE, isIntersecting: true }]));
  }
  unobserve(): void {}
  disconnect(): void {}
}

/** What browsers have and the test's document has not. */
export function prepare(): void {
  vi.stubGlobal('ResizeObserver', Observer);
  vi.stubGlobal('IntersectionObserver', Observer);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(SIZE.width);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(SIZE.height);
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  if (!i18next.isInitialized) {
    void i18next.use(initReactI18next).init({
      lng: 'en',
      resources: { en: { translation: en } },
      interpolation: { escapeValue: false },
    });
  }
}

export function restore(): void {
  cleanup();
  vi.unstubAllGlobals();
}

/** A track of a device that is not there. */
export function makeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  const track = Object.assign(new EventTarget(), {
    kind,
    enabled: true,
    readyState: 'live',
    contentHint: '',
    stop() {
      Object.assign(track, { readyState: 'ended' });
    },
    getSettings: () => ({ deviceId: `${kind} 1` }),
    getCapabilities: () => ({}),
  });
  return track as unknown as MediaStreamTrack;
}

export const capture: CallOptions['capture'] = async (kind) =>
  makeTrack(kind === 'camera' ? 'video' : 'audio');

const shell = readShell(document.createElement('div'));

function Room({ call }: { call: Call }) {
  const [speakerId, setSpeakerId] = useState<string | null>(null);
  return (
    <Stage
      call={call}
      title="Planning"
      code="abc-defg-hjk"
      invite="Join us"
      speakerId={speakerId}
      onSpeaker={setSpeakerId}
      setSpeaker={async () => true}
    />
  );
}

/** Joins a made-up meeting and draws the stage of it. */
export async function enter(options: FakeOptions = {}, call: Partial<CallOptions> = {}) {
  const conference = new FakeConference({ name: 'Me', sources: emptySources, ...options });
  const wants = new Map<string, Want>();
  const want = conference.want.bind(conference);
  conference.want = (changed) => {
    for (const [stream, one] of changed) wants.set(stream, one);
    want(changed);
  };
  await conference.join({ microphone: makeTrack('audio') });
  const made = new Call({ conference, capture, ...call });
  const user = userEvent.setup();
  const view = render(
    <MantineProvider env="test">
      <ShellContext value={shell}>
        <Room call={made} />
      </ShellContext>
    </MantineProvider>,
  );
  await act(async () => {});
  const { room } = conference;
  /** Moves the script, and lets the page follow. */
  const script = <T,>(what: () => T): Promise<T> =>
    act(async () => {
      const result = what();
      await Promise.resolve();
      return result;
    });
  const self = conference.snapshot().self?.id ?? '';
  const id = (name: string) => [...room.people.values()].find((one) => one.name === name)?.id ?? '';
  return { conference, call: made, room, user, view, script, self, id, wants };
}
