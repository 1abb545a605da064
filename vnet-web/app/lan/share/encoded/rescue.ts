const SCRIPT = 'onrtctransform = ({ transformer: { readable, writable } }) => readable.pipeTo(writable);';

let worker: Worker | null = null;

/**
 * Lets frames flow again that were led through a worker that did not come up, as after an update of the server.
 * To lead them nowhere is not enough: in Chromium they stay away then.
 */
export function passOn(side: RTCRtpSender | RTCRtpReceiver): void {
  worker ??= new Worker(URL.createObjectURL(new Blob([SCRIPT], { type: 'text/javascript' })));
  side.transform = new RTCRtpScriptTransform(worker);
}
