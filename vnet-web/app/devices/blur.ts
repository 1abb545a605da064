/*
 * The blur that cameras and systems bring along (the `backgroundBlur` constraint). Blurring in the page itself
 * would load more than ten megabytes of a model and heat the processor of every call.
 */

/** Whether the background of a camera can be blurred and not. */
export function canBlur(track: MediaStreamTrack | null): boolean {
  if (!track || typeof track.getCapabilities !== 'function') return false;
  const choices = track.getCapabilities().backgroundBlur ?? [];
  return choices.includes(true) && choices.includes(false);
}

export const isBlurred = (track: MediaStreamTrack | null): boolean =>
  track?.getSettings().backgroundBlur === true;

/** Switches the blur; says whether it is as wanted. */
export async function setBlur(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  if (!canBlur(track)) return !on;
  try {
    await track.applyConstraints({ ...track.getConstraints(), advanced: [{ backgroundBlur: on }] });
  } catch {
    return isBlurred(track) === on;
  }
  return isBlurred(track) === on;
}
