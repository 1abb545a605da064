import type { ShareProblem } from './types';

/** What is known when two did not find each other. */
export interface Evidence {
  /** Addresses that each side told the other. */
  readonly own: readonly string[];
  readonly theirs: readonly string[];
  /** Whether the other side's page is a secure context. */
  readonly secure: boolean;
  /** Whether the browser has tried an address of the other side at all. */
  readonly tried: boolean;
}

type Reason = Extract<ShareProblem, 'blocked' | 'multicast' | 'permission' | 'insecure'>;

export function evidenceOf(connection: RTCPeerConnection, secure: boolean): Evidence {
  return {
    secure,
    tried: connection.iceConnectionState !== 'new',
    own: addressesIn(connection.localDescription?.sdp ?? ''),
    theirs: addressesIn(connection.remoteDescription?.sdp ?? ''),
  };
}

/** Source: RFC 8839, section 5.1: foundation, component, transport, priority, address. */
function addressesIn(sdp: string): string[] {
  return [...sdp.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+) /gm)].flatMap(([, address]) => address ?? []);
}

/** How the permission is called: by the first draft, and since it was divided. */
const PERMISSIONS = ['local-network-access', 'local-network'] as const;

export type LocalNetwork = 'granted' | 'prompt' | 'denied' | 'unknown';

/** Whether the browser lets this page into the local network; `unknown`: it does not ask, or does not say. */
export async function localNetwork(): Promise<LocalNetwork> {
  const states = await Promise.all(PERMISSIONS.map(stateOf));
  return states.find((state) => state !== null) ?? 'unknown';
}

async function stateOf(name: string): Promise<PermissionState | null> {
  try {
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state;
  } catch {
    // A browser that does not know the name says so by an error.
    return null;
  }
}

const isHidden = (address: string) => address.endsWith('.local');

/** Addresses of a page that comes from the local network itself, which needs no permission to stay there. */
function isLocal(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.local') || /^\[(::1|f[cd]|fe80)/i.test(host)) return true;
  return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
}

/** Why no connection came about, as far as this side can tell. */
export function reasonOf(
  { own, theirs, secure, tried }: Evidence,
  permission: LocalNetwork,
  page: { readonly host: string; readonly isSecure: boolean },
): Reason {
  if (permission === 'denied') return 'permission';
  const isAllHidden = (addresses: readonly string[]) => addresses.length > 0 && addresses.every(isHidden);
  if (isAllHidden(own) && isAllHidden(theirs)) return 'multicast';
  // Where nobody was asked yet, a page from elsewhere may be kept out without a word: then no address is even
  // tried. That nobody was asked alone says nothing; browsers that keep nobody out say so, too.
  if (permission === 'prompt' && !tried && !isLocal(page.host)) return 'permission';
  // Such a page can be given neither a camera nor a permission, so it tells names or nothing.
  const isMute = (addresses: readonly string[]) => addresses.every(isHidden);
  if ((!secure && isMute(theirs)) || (!page.isSecure && isMute(own))) return 'insecure';
  return 'blocked';
}

/** The same, with what this page is. */
export async function diagnose(evidence: Evidence): Promise<Reason> {
  const page = { host: location.hostname, isSecure: isSecureContext };
  return reasonOf(evidence, await localNetwork(), page);
}
