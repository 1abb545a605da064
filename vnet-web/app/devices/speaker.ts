/** Loudspeakers: where sound comes out. */

/** Whether this browser lets one choose. */
export const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

/** Plays an element on a loudspeaker, or on that of the system (`null`); says whether it does. */
export async function setSpeaker(element: HTMLMediaElement, id: string | null): Promise<boolean> {
  if (!canChooseSpeaker()) return !id;
  const wanted = id ?? '';
  if (element.sinkId === wanted) return true;
  try {
    await element.setSinkId(wanted);
    return true;
  } catch {
    // Unplugged, or not allowed: it goes on where it was.
    return false;
  }
}

/** The notes of the test sound: hertz, and seconds from its begin. */
const NOTES = [
  [523.25, 0],
  [659.25, 0.18],
  [783.99, 0.36],
] as const;
/** Seconds that a note takes to fade. */
const FADE = 0.7;

/** Plays a short sound on a loudspeaker; resolves when it is over. */
export async function playTestSound(id: string | null): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio();
  try {
    element.srcObject = out.stream;
    await setSpeaker(element, id);
    await Promise.all([context.resume(), element.play()]);
    const begin = context.currentTime + 0.05;
    const over = NOTES.map(([hertz, at]) => playNote(context, out, hertz, begin + at));
    await Promise.all(over);
  } finally {
    element.pause();
    element.srcObject = null;
    await context.close();
  }
}

function playNote(context: AudioContext, out: AudioNode, hertz: number, at: number): Promise<void> {
  const tone = new OscillatorNode(context, { frequency: hertz, type: 'sine' });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + FADE);
  tone.connect(volume).connect(out);
  tone.start(at);
  tone.stop(at + FADE);
  return new Promise((resolve) => {
    tone.onended = () => resolve();
  });
}
