import { configure } from '@testing-library/react';
import { afterEach } from 'vitest';

configure({
  // Machines may be busy: what comes late comes all the same.
  asyncUtilTimeout: 20_000,
  // Whether something is hidden is worked out from all style sheets for each element: too slow here, and
  // seen in real browsers.
  defaultHidden: true,
});

afterEach(() => {
  document.body.replaceChildren();
});

// happy-dom leaves this one out.
MediaStream.prototype.getTracks ??= function (this: MediaStream) {
  return [...this.getAudioTracks(), ...this.getVideoTracks()];
};
