/** Every page of the console that needs no id. */
export const PAGES = [
  ...['/', '/secrets', '/backups', '/drills', '/media', '/tokens', '/custodians', '/quorums'],
  ...['/policies', '/schedules', '/jobs', '/audit', '/settings', '/back-up', '/restore'],
  ...['/verify', '/drill', '/envelopes', '/nothing-here'],
] as const;
