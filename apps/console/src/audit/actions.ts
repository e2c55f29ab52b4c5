/** Actions that people look for; the list takes any other in the address. */
export const ACTIONS = [
  ...['backup', 'backup.change', 'backup.fetch', 'copy.make', 'copy.verify', 'copy.remove'],
  ...['restore', 'drill', 'secret.generate', 'secret.rotate', 'secret.import', 'secret.observe'],
  ...['token.enroll', 'token.test', 'token.forget', 'token.pin', 'medium.describe'],
  ...['custodian.add', 'custodian.change', 'custodian.remove', 'custodian.check'],
  ...['access.create', 'access.revoke', 'login.fail', 'session.begin', 'session.end'],
  ...['approval.ask', 'approval.give', 'approval.reject', 'quorum.begin', 'quorum.share'],
  ...['quorum.end', 'schedule.put', 'schedule.remove', 'schedule.miss', 'service.start'],
] as const;
