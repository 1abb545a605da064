const privacy = {
  title: 'VNET | Privacy',
  head: 'Privacy',
  lead: 'What this server keeps about you, and who carries your voice and picture.',
  keepsHead: 'What is kept on this server',
  keepsAccount:
    'Your account: username, names, e-mail address, the name shown in meetings and your picture. Of your password only a salted hash that cannot be turned back.',
  keepsSession:
    'Your sessions: when and from which address you signed in, with which browser, and until when that holds; of the cookie’s value only a hash. The cookie is needed to stay signed in. The only other cookie remembers the distance of your clock from UTC, where you schedule without JavaScript.',
  keepsMeetings:
    'Meetings that you schedule: title, notes, times and code. Who has the code can read them, with your name.',
  keepsIdentity:
    'An identity that names you to the service that carries the meetings; it says nothing about you, and is deleted with your account.',
  keepsLog:
    'The server’s log: when a sign-in fails or an attempt is refused, the time, the address it came from and the number of the account; never what was typed. Whoever runs the server decides how long the log is kept.',
  notKeptHead: 'What is not kept',
  notKept:
    'Voice, picture, shared screens, chat and reactions are passed on and forgotten. Nothing is recorded. There is no advertising, no analytics, and no page loads anything from elsewhere.',
  deviceHead: 'What stays on your device',
  device:
    'Your choice of language, camera, microphone, loudspeaker and the layout of meetings, in the storage of this browser. It is not sent to the server.',
  mediaHead: 'Who carries a meeting',
  mediaSfu:
    'This server itself: sound and picture go encrypted from your browser to it and on to the others in the meeting. While they pass through, the server could read them; it does not look at them.',
  mediaAcs:
    'Where it is set up so, Microsoft: sound and picture then go through Azure Communication Services, and the page loads Microsoft’s calling SDK (@azure/communication-calling). The SDK is not free software; it is used under Microsoft’s licence. It sends telemetry about calls (quality, faults, kind of browser and device) to Microsoft; Microsoft’s privacy statement tells what becomes of it.',
  mediaAcsLink: 'Microsoft’s privacy statement',
  mediaAcsHere: 'Meetings on this server can be carried by Microsoft.',
  mediaSfuHere: 'Microsoft’s SDK is not installed on this server: it carries the meetings itself.',
  lanHead: 'Sharing inside a local network',
  lan: 'Who shares a meeting on a local network sends its pictures straight to other browsers there, and second screens get the sound, too; everything is encrypted and passes by the server. Receivers may hand it on. The one who shares allows each receiver, or has offered it to them; the others in the meeting are not asked again. Who is in the same meeting and comes from the same address is shown to each other by name. Browsers that are connected learn each other’s addresses in the network. Of all this the server keeps nothing: who shared with whom is forgotten when it ends.',
  rightsHead: 'Your account is yours',
  rights:
    'On your account page you can change what is kept about you, and delete the account with everything that belongs to it. Whoever runs this server can do that, too.',
  rightsLink: 'To your account',
};

export default privacy;
