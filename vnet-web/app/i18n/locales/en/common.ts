const common = {
  cancel: 'Cancel',
  save: 'Save',
  close: 'Close',
  retry: 'Try again',
  loading: 'Loading…',
  language: 'Language',
  skip: 'Skip to the content',
  account: 'Account',
  help: 'Help',
  privacy: 'Privacy',
  home: 'Meetings',
  notFound: '404 page not found on VNET',
  notFoundHelp: 'The address may have been mistyped, or the page is gone.',
  backHome: 'To your meetings',
  fault: 'Something went wrong on this page',
  faultHelp: 'Loading it again usually helps. Nothing you saved is lost.',
  reload: 'Load again',
};

export default common;
