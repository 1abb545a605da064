import { afterEach } from 'vitest';

afterEach(() => {
  document.body.replaceChildren();
});

// happy-dom leaves this one out.
MediaStream.prototype.getTracks ??= function (this: MediaStream) {
  return [...this.getAudioTracks(), ...this.getVideoTracks()];
};
