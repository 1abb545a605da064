// Received video goes on to other peers as it came, without being encoded again.
//
// What a caller keeps to:
// - `keepTappable(receiver)` in the task in which a receiver comes into being (`addTransceiver`, `track` event), and
//   `preferEncoded(transceiver)` in that in which the sending transceiver does: Chromium decides right after it for
//   good whether frames can be looked at;
// - `carrier.attach(sender)`, then `sender.replaceTrack(carrier.track)`, at any time after that;
// - for a real track on the same m-line: `await carrier.passThrough()`, then `replaceTrack(track)`; `stop()` the
//   carrier after that;
// - no `setParameters` on the sender while a carrier is attached.
export { type EncodedSupport, encodedSupport, preferEncoded } from './support';
export { type Carrier, EncodedTap, keepTappable, tapOf } from './tap';
