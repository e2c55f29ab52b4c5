/** Addresses of the pages, below `/console`. */
export const to = {
  system: '/',
  secrets: '/secrets',
  secret: (name: string) => `/secrets/${encodeURIComponent(name)}`,
  backups: '/backups',
  backup: (id: string) => `/backups/${id}`,
  media: '/media',
  medium: (id: string) => `/media/${encodeURIComponent(id)}`,
  tokens: '/tokens',
  custodians: '/custodians',
  policies: '/policies',
  drills: '/drills',
  drillReceipt: (id: string) => `/drills/${id}`,
  audit: '/audit',
  jobs: '/jobs',
  job: (id: string) => `/jobs/${id}`,
  quorums: '/quorums',
  quorum: (id: string) => `/quorums/${id}`,
  schedules: '/schedules',
  settings: '/settings',
  backUp: (secret?: string) => `/back-up${query({ secret })}`,
  restore: (asked: { backup?: string; copy?: string; session?: string; target?: string }) =>
    `/restore${query(asked)}`,
  verify: (asked: { backup: string; copy?: string }) => `/verify${query(asked)}`,
  drill: (asked: { backup?: string; copy?: string; secret?: string }) => `/drill${query(asked)}`,
  envelopes: (asked: { backup: string; copy?: string }) => `/envelopes${query(asked)}`,
} as const;

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
