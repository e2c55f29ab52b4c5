import type { Words } from '../en/index.ts';

function count(n: number, one: string, other: string): string {
  return `${n.toLocaleString('de')} ${n === 1 ? one : other}`;
}

export const common: Words['common'] = {
  never: 'nie',
  notYet: 'noch nicht',
  ok: 'in Ordnung',
  all: 'alle',
  none: 'keine',
  yes: 'ja',
  no: 'nein',
  search: 'Suche',
  copy: 'Kopieren',
  copied: 'Kopiert',
  close: 'Schließen',
  cancel: 'Abbrechen',
  save: 'Speichern',
  add: 'Hinzufügen',
  remove: 'Entfernen',
  back: 'Zurück',
  next: 'Weiter',
  print: 'Drucken',
  tryAgain: 'Noch einmal',
  rows: (n) => count(n, 'Zeile', 'Zeilen'),
  rowsSoFar: (n) => `${count(n, 'Zeile', 'Zeilen')} bisher; weiter unten sind mehr`,
  secret: 'Geheimnis',
  backup: 'Sicherung',
  copyOf: 'Kopie',
  state: 'Zustand',
  when: 'Wann',
  who: 'Wer',
  name: 'Name',
  size: 'Größe',
  outcome: 'Ausgang',
  unknown: 'unbekannt',
};

export const problems: Words['problems'] = {
  refused: 'Das ging nicht',
  forbidden: 'Das dürfen Sie nicht',
  gone: 'Hier ist nichts',
  unreachable: 'Der Dienst ist nicht zu erreichen',
  unreachableRemedy:
    'Sehen Sie nach, ob er läuft und ob Sie verbunden sind; hier ging nichts verloren.',
  comesBack: 'Was Sie sehen, kann veraltet sein. Alle paar Sekunden wird es wieder versucht.',
  defect: 'Mit dieser Seite stimmt etwas nicht',
  defectRemedy: 'Laden Sie sie neu. Die Kommandozeile kann inzwischen dasselbe.',
};

export const frame: Words['frame'] = {
  skip: 'Zum Inhalt',
  menu: 'Menü',
  pages: 'Seiten',
  sides: {
    system: 'System',
    secrets: 'Geheimnisse',
    backups: 'Sicherungen',
    drills: 'Übungen',
    media: 'Datenträger',
    tokens: 'Token',
    custodians: 'Verwahrer',
    quorums: 'Quorum-Sitzungen',
    policies: 'Richtlinien',
    schedules: 'Zeitpläne',
    jobs: 'Aufträge',
    audit: 'Prüfprotokoll',
    settings: 'Einstellungen',
  },
  light: 'Licht',
  schemes: { auto: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  reference: 'Beschreibung des HTTP-Dienstes',
  logOut: 'Abmelden',
  lost: 'Nicht gefunden',
  lostWhat: 'Unter dieser Adresse gibt es keine Seite.',
};

export const roles: Words['roles'] = {
  administrator: 'Verwaltung',
  operator: 'Betrieb',
  auditor: 'Prüfung',
};

export const session: Words['session'] = {
  logIn: 'Anmelden',
  token: 'Zugangstoken',
  tokenHelp: 'Es beginnt mit hf_. Es wird einmal gesendet und nirgends aufbewahrt.',
  show: 'Zeigen',
  otherwise:
    'Die Verwaltung stellt eines aus: holdfast access create NAME. Mit einem Client-Zertifikat bleibt das Feld leer.',
  ended: 'Sie wurden abgemeldet',
  loggedOut: 'Sie haben sich abgemeldet',
  againBelow: 'Melden Sie sich wieder an, um weiterzumachen. Aufträge laufen von selbst weiter.',
  stillThere: 'Sind Sie noch da?',
  endsIn: (seconds) => `Sie werden in ${count(seconds, 'Sekunde', 'Sekunden')} abgemeldet.`,
  stay: 'Angemeldet bleiben',
};
