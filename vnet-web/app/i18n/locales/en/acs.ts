/** What can be said about meetings that Azure Communication Services carries. */
const acs = {
  notBuilt:
    'The module for meetings over Azure Communication Services is missing on this server. Its administrator can build it with: {{command}}',
  insecure:
    'Meetings over Azure Communication Services need a page that was loaded by https, or from localhost.',
  notLoaded:
    'The module for meetings over Azure Communication Services could not be loaded. Try again in a moment.',
  token:
    'The service did not accept your access token. Load the page again; if that does not help, sign in again.',
  tokenServer: 'No access token could be had from the server. Try again in a moment.',
  signedOut: 'You are no longer signed in. Sign in again to meet.',
  network: 'The connection to the meeting service failed. A firewall or a VPN may block it.',
  service: 'The meeting service has trouble at the moment. Try again in a few minutes.',
  timeout: 'The meeting service did not answer in time. Your connection may be poor.',
  notFound: 'The meeting service does not know this meeting.',
  denied: 'You were not let into this meeting.',
  ended: 'The meeting was ended for everybody.',
  removed: 'You were removed from the meeting.',
  elsewhere: 'You went on in another tab or on another device.',
  failed: 'The meeting service ended the call (code {{code}}).',
  unsupported: 'The meeting service cannot do this.',
  microphone: 'Your microphone could not be used: {{message}}',
  camera: 'Your camera could not be used: {{message}}',
  screen: 'The screen could not be shared: {{message}}',
  permission: 'The browser does not allow the use of your devices.',
  reaction: 'This reaction is not known to the meeting service.',
  refused: 'The meeting service refused: {{message}}',
};

export default acs;
