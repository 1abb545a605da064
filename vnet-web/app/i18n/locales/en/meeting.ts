const meeting = {
  title: 'VNET | Meeting',
  notFound: 'Could not find the meeting with code "{{code}}"',
  notFoundHelp: 'Check the code in the invitation, or ask whoever sent it.',
  fault: 'The meeting could not be loaded',
  waiting: 'A host will let you in',
  waitingHelp: 'You are in the lobby of “{{title}}”. The hosts have been told that you are here.',
  waitingLeave: 'Leave the lobby',
  invite: 'Join the meeting “{{title}}”\n{{link}}\nCode: {{code}}',
};

export default meeting;
