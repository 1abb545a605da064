import type { Conference } from '../../conference/conference';
import type { Shell } from '../../shell';
import { NO_SHARE } from './idle';
import { ShareSession } from './session';
import type { Share } from './types';

/** The share of a meeting, over the socket of the meeting. Without a server there is none. */
export function createShare({ fake, shareServer }: Shell, conference: Conference, meetingId: string): Share {
  if (fake) return NO_SHARE;
  return new ShareSession({ conference, server: `${shareServer}${encodeURIComponent(meetingId)}/` });
}

/** The share of a second screen, which asks by code. */
export function createViewer(server: string, name: string): Share {
  return new ShareSession({ conference: null, server, name });
}
