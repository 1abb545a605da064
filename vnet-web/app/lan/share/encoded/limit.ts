/** One change after the other: a change that is made while another one is on its way is refused. */
const changes = new WeakMap<RTCRtpSender, Promise<unknown>>();

/** Sets how much a sender may send, in bits per second, and gives what it might before. */
export function limitTo(sender: RTCRtpSender, maxBitrate: number | undefined): Promise<number | undefined> {
  const change = (changes.get(sender) ?? Promise.resolve()).then(async () => {
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings ?? [];
    if (!encoding) return undefined;
    const before = encoding.maxBitrate;
    if (maxBitrate === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = maxBitrate;
    // A sender that was closed meanwhile sends nothing at all.
    await sender.setParameters(parameters).catch(() => {});
    return before;
  });
  changes.set(sender, change);
  return change;
}
