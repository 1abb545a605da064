// Received video goes on to other peers as it came, without being encoded again.
//
// What a caller keeps to:
// - before the first offer of an m-line: `preferEncoded(transceiver)`, so that the codec is that of the source;
// - `sender.replaceTrack(carrier.track)` (or `addTransceiver(carrier.track)`) and `carrier.attach(sender)`, in
//   this order or the other, before or after the offer;
// - for a real track on the same m-line: `await carrier.passThrough()`, then `replaceTrack(track)`; `stop()` the
//   carrier after that;
// - no `setParameters` on the sender while a carrier is attached.
export { type EncodedSupport, encodedSupport, preferEncoded } from './support';
export { type Carrier, EncodedTap, tapOf } from './tap';
