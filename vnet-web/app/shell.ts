/** What the server tells the front end through the `data-*` attributes of `#root`. */
export interface Shell {
  /** Prefix of all pages of the front end, with its slash: `/meet/` below the server's prefix. */
  readonly base: string;
  /** Address of the pair protocol; a code and a slash follow. */
  readonly signallingServer: string;
  /** Address of shares on a network; a meeting's id and a slash follow. */
  readonly shareServer: string;
  /** Address at which second screens receive, without an account. */
  readonly watchServer: string;
  readonly userDetailsUrl: string;
  readonly meetingsUrl: string;
  readonly createMeetingUrl: string;
  readonly profilePage: string;
  readonly tokenUrl: string;
  readonly signInPage: string;
  readonly signOutPage: string;
  readonly helpPage: string;
  /** The server's own first page. */
  readonly homePage: string;
  readonly logo: string;
  /** The module of the cloud's calling SDK; missing: it was not built. */
  readonly acsModule: string | null;
  /** What `<style>` elements written by scripts must carry, by the page's policy; empty: nothing. */
  readonly nonce: string;
  /** Conferences and answers made up in the browser: for development without a server. */
  readonly fake: boolean;
}

/** Reads the attributes; those the server does not know have the places of the wire contract. */
export function readShell(root: HTMLElement): Shell {
  const data = root.dataset;
  const meetings = data['getMeetingsUrl'] ?? '/meeting/meetings/';
  const prefix = meetings.replace(/\/meeting\/meetings\/$/, '');
  const sockets = `${location.origin.replace(/^http/, 'ws')}${prefix}`;
  return {
    base: data['base'] ?? `${prefix}/meet/`,
    signallingServer: data['signallingServer'] ?? `${sockets}/vnet/ps/`,
    shareServer: data['shareServer'] ?? `${sockets}/vnet/share/`,
    watchServer: data['watchServer'] ?? `${sockets}/vnet/watch/`,
    userDetailsUrl: (data['userDetailsUrl'] ?? `${prefix}/account/get/user-details/`).replace(/\?.*$/, ''),
    meetingsUrl: meetings,
    createMeetingUrl: data['createMeetingUrl'] ?? `${prefix}/meeting/new/`,
    profilePage: data['profilePage'] ?? `${prefix}/account/`,
    tokenUrl: data['tokenUrl'] ?? `${prefix}/account/acs-token/`,
    signInPage: data['signInPage'] ?? `${prefix}/account/sign-in/`,
    signOutPage: data['signOutPage'] ?? `${prefix}/account/sign-out/`,
    homePage: data['homePage'] ?? `${prefix}/`,
    helpPage: data['helpPage'] ?? `${prefix}/help/`,
    logo: data['vnetLogo'] ?? `${prefix}/static/logo.svg`,
    acsModule: data['acsModule'] ?? null,
    // A property: browsers hide the attribute from scripts and styles of others.
    nonce: document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '',
    fake: data['fake'] === 'true',
  };
}
