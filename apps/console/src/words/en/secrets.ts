export const secrets = {
  about: 'What the configuration, the store or the catalog knows. Values are never shown.',
  source: 'Where it lives',
  sources: {
    file: 'a file',
    files: 'files',
    command: 'a command',
    store: 'the store',
    none: 'it cannot be read again',
  } as Readonly<Record<string, string>>,
  versions: 'Versions',
  observed: 'Read last',
  observedOutcome: 'How that ended',
  compare: 'Compare with the backup',
  allBackups: 'All its backups',
  import: 'Import a secret',
  importAct: 'Import',
  importHelp:
    'The store takes the secret in; it is sent to the service once, and has no backup until you make one.',
  nameHelp: 'Letters, digits, dots, dashes',
  file: 'File',
  tooLarge: 'The store takes a mebibyte at most.',
  emptyWhat: 'Write [secrets.NAME] into the configuration, import one, or have a new one made.',
};
