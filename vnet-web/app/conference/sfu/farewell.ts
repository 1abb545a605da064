import { VERSION } from './protocol';
import { Socket } from './socket';

/** So long it is tried, in milliseconds; then the server finds out by itself. */
export const FAREWELL_WITHIN = 3_000;
const AGAIN_AFTER = 500;

/** Where one was when the connection was lost. */
export interface Lost {
  readonly url: string;
  readonly session: string;
  readonly lastEvent: number;
}

/** Comes back only to say that one leaves: the others need not wait for somebody who does not come. */
export function sayFarewell({ url, session, lastEvent }: Lost): void {
  let socket: Socket | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    clearTimeout(again);
    clearTimeout(deadline);
    socket?.close({ type: 'leave' });
    socket = null;
  };
  const deadline = setTimeout(end, FAREWELL_WITHIN);
  const open = () => {
    socket = new Socket(
      url,
      { type: 'resume', version: VERSION, session, last_event: lastEvent },
      {
        // Known again, or unknown for good: either way nothing is left to be said but this.
        hear: ({ type }) => {
          if (type === 'resumed' || type === 'error') end();
        },
        closed: () => {
          if (socket) again = setTimeout(open, AGAIN_AFTER);
        },
        fault: () => end(),
      },
    );
  };
  open();
}
