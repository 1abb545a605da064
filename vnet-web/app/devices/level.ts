import { useEffect, useState } from 'react';

/** How often the loudness is looked at: milliseconds. */
const EVERY = 66;
/** Steps of the loudness: finer ones nobody sees. */
const STEPS = 24;
/** What counts as silence and as loud: decibels below full scale. */
const QUIET = -60;
const LOUD = -12;

/** The loudness of samples, 0 (silent) to 1 (loud), as ears judge it. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(samples.length, 1) + 1e-12);
  const part = Math.min(1, Math.max(0, (decibels - QUIET) / (LOUD - QUIET)));
  return Math.round(part * STEPS) / STEPS;
}

/** Tells the loudness of a track whenever it changes; the returned function ends that. */
export function watchLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  // Where there is no sound to work with, nothing is heard.
  if (typeof AudioContext === 'undefined') return () => undefined;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let last = -1;
  const look = () => {
    analyser.getFloatTimeDomainData(samples);
    const level = loudness(samples);
    if (level !== last) tell(level);
    last = level;
  };
  const timer = setInterval(look, EVERY);
  // Browsers keep a page silent, and deaf, until somebody touches it.
  const wake = () => void context.resume().catch(() => undefined);
  const signals = ['pointerdown', 'keydown'] as const;
  if (context.state === 'suspended') {
    wake();
    for (const signal of signals) document.addEventListener(signal, wake, { once: true });
  }
  return () => {
    clearInterval(timer);
    for (const signal of signals) document.removeEventListener(signal, wake);
    source.disconnect();
    void context.close().catch(() => undefined);
  };
}

/**
 * The loudness of a track, 0 to 1; 0 without one. What uses it is drawn anew with each change: keep that
 * component small.
 */
export function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!track) return;
    const end = watchLevel(track, setLevel);
    return () => {
      end();
      setLevel(0);
    };
  }, [track]);
  return level;
}
