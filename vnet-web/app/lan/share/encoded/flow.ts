/** The frames of one end of a connection, and the way on. */
export interface Ends<Frame> {
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
}

/**
 * Gives each frame to `take`, with a function that lets one go on. Resolves when there will be none any more.
 *
 * By hand, because it costs half of what a `TransformStream` between two pipes does, for each of all frames.
 */
export async function flow<Frame>(
  { readable, writable }: Ends<Frame>,
  take: (frame: Frame, goOn: (frame: Frame) => void) => void,
): Promise<void> {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // The other end is gone, or what was written is not to its liking: the connection ends, too.
  const end = () => void reader.cancel().catch(() => {});
  const goOn = (frame: Frame) => void writer.write(frame).catch(end);
  writer.closed.then(end, end);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      take(value, goOn);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
  }
}
