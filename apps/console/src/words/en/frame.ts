/** `one` for 1, `other` for the rest. */
function count(n: number, one: string, other: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : other}`;
}

export const common = {
  never: 'never',
  notYet: 'not yet',
  ok: 'in order',
  all: 'all',
  none: 'none',
  yes: 'yes',
  no: 'no',
  search: 'Search',
  copy: 'Copy',
  copied: 'Copied',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  add: 'Add',
  remove: 'Remove',
  back: 'Back',
  next: 'Next',
  print: 'Print',
  tryAgain: 'Try again',
  rows: (n: number) => count(n, 'row', 'rows'),
  rowsSoFar: (n: number) => `${count(n, 'row', 'rows')} so far; scroll for more`,
  secret: 'Secret',
  backup: 'Backup',
  copyOf: 'Copy',
  state: 'State',
  when: 'When',
  who: 'Who',
  name: 'Name',
  size: 'Size',
  outcome: 'Outcome',
  unknown: 'unknown',
};

export const problems = {
  refused: 'That did not work',
  forbidden: 'You may not do that',
  gone: 'There is nothing here',
  unreachable: 'The service cannot be reached',
  unreachableRemedy: 'Check that it runs and that you are connected; nothing was lost here.',
  comesBack: 'What you see may be old. It is tried again every few seconds.',
  defect: 'Something is wrong with this page',
  defectRemedy: 'Load it again. The command line does the same meanwhile.',
};

export const frame = {
  skip: 'Skip to the content',
  menu: 'Menu',
  pages: 'Pages',
  sides: {
    system: 'System',
    secrets: 'Secrets',
    backups: 'Backups',
    drills: 'Drills',
    media: 'Media',
    tokens: 'Tokens',
    custodians: 'Custodians',
    quorums: 'Quorum sessions',
    policies: 'Policies',
    schedules: 'Schedules',
    jobs: 'Jobs',
    audit: 'Audit log',
    settings: 'Settings',
  },
  light: 'Light',
  schemes: { auto: 'As the system has it', light: 'Light', dark: 'Dark' },
  language: 'Language',
  reference: 'Reference of the HTTP service',
  logOut: 'Log out',
  lost: 'Not found',
  lostWhat: 'There is no page at this address.',
};

export const roles = { administrator: 'administrator', operator: 'operator', auditor: 'auditor' };

export const session = {
  logIn: 'Log in',
  token: 'Access token',
  tokenHelp: 'It begins with hf_. It is sent once, and kept nowhere.',
  show: 'Show it',
  otherwise:
    'An administrator makes one with: holdfast access create NAME. With a client certificate, leave the field empty.',
  ended: 'You were logged out',
  loggedOut: 'You have logged out',
  againBelow: 'Log in again to go on where you were. Jobs go on by themselves.',
  stillThere: 'Are you still there?',
  endsIn: (seconds: number) => `You will be logged out in ${count(seconds, 'second', 'seconds')}.`,
  stay: 'Stay logged in',
};
