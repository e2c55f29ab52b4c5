export const schedules = {
  about:
    'What is done again and again. Times that pass while no service runs are made up for once.',
  add: 'Add a schedule',
  change: 'Change',
  changeOf: (name: string) => `Change ${name}`,
  what: 'What',
  whats: {
    backup: 'back up',
    verify: 'verify the copies of the newest backup',
    'drill-reminder': 'remind of drills',
  },
  cron: 'When',
  cronHelp:
    'Minute, hour, day, month, day of the week, as in crontab(5): 0 3 * * * is each night at three.',
  zone: 'Time zone',
  next: 'Next',
  off: 'switched off',
  on: 'Switched on',
  changed: 'Changed',
  runs: { begun: 'begun', missed: 'missed', failed: 'failed' },
  job: 'job',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeWhat: 'It is not done any more. What it did stays known.',
  noPassword: 'Without a password: nobody is there to type it.',
  anyMedium: 'the removable medium that is plugged in',
  ahead: 'Days ahead',
  empty: 'There is no schedule',
  emptyWhat:
    'Have a backup made each night, its copies verified each week, and be reminded of drills.',
};
