import { randomUUID } from 'node:crypto';
import { copyId } from '../copy-id.ts';
import type { BackupFacts, CatalogEvent, CopyFacts, PlaceFacts } from '../events.ts';
import type { RecordedEvent } from '../ports.ts';

/** A time that samples begin at, and who does what they tell. */
export const SAMPLE = {
  time: Date.parse('2026-03-01T08:00:00.000Z'),
  actor: { who: 'root (sudo by alice)', from: 'cli on vault1', instance: 'SHA256:sample' },
} as const;

/** An event on its way into the catalog, `second` seconds after the first. */
export function sampleEvent(event: CatalogEvent, second = 0, id = randomUUID()): RecordedEvent {
  const time = new Date(SAMPLE.time + second * 1000).toISOString();
  return { id, time, actor: SAMPLE.actor, event };
}

/** That a backup of the secret `sso` was made. */
export function sampleBackup(
  backup: string,
  facts: Partial<BackupFacts> = {},
  secret: string | undefined = 'sso',
): CatalogEvent {
  return {
    action: 'backup.make',
    outcome: 'ok',
    secret,
    backup,
    detail: {
      generation: 1,
      manifest: 'a1'.repeat(32),
      previous: null,
      created: '2026-03-01T07:59:58Z',
      host: 'vault1',
      kind: 'file',
      size: 20_480,
      payloadDigest: 'b2'.repeat(32),
      signer: 'SHA256:sample',
      trusted: true,
      discreet: false,
      waivers: ['single-point-of-failure'],
      envelopes: [{ index: 1, factors: [{ kind: 'password' }] }],
      mark: 'c3'.repeat(32),
      ...facts,
    },
  };
}

/** That a copy of it was made; on a medium, if one is given, else in a folder. */
export function sampleCopy(
  backup: string,
  { medium, ...facts }: Partial<CopyFacts> & { readonly medium?: string } = {},
): CatalogEvent & { readonly copy: string } {
  const folder: PlaceFacts = { kind: 'folder', path: '/mnt/backups', host: 'vault1' };
  const place: PlaceFacts = medium === undefined ? folder : { kind: 'medium', path: null };
  const file = facts.file ?? `${backup}.tar`;
  return {
    action: 'copy.make',
    outcome: 'ok',
    secret: 'sso',
    backup,
    copy: copyId({ backup, place, medium: medium ?? null, file }),
    medium,
    detail: {
      ...{ place, file, generation: 1, size: 20_480, proof: 'remounted', number: 1, of: 1 },
      ...facts,
    },
  };
}
