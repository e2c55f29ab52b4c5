import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Backup, Copy } from '@holdfast/api';
import { coreError } from '@holdfast/core';
import { isBad, openKnownCopy, type BackupRow, type CopyRow } from '@holdfast/core/service';
import type { Handlers } from '../http/handler.ts';
import { assertSealing } from '../kinds/sealing.ts';
import { accepted } from './accepted.ts';
import { factorsInWords } from './factors-in-words.ts';

export const backups: Handlers<
  'listBackups' | 'createBackup' | 'listCopies' | 'showBackup' | 'fetchBackup' | 'verifyBackup'
> = {
  async listBackups({ query, service }) {
    const { secret, ...page } = query;
    const catalog = await service.catalog();
    const found = await catalog.backups({ ...page, ...(secret !== undefined && { secret }) });
    return { status: 200, json: { rows: found.rows.map(shownBackup), next: found.next } };
  },
  async createBackup({ body, service, principal, from }) {
    const { password, custodianPasswords, ...request } = body;
    const { secret, ...asked } = request;
    assertSealing(asked, secret, service);
    const secrets = { newPassword: password, custodianPasswords };
    const job = { kind: 'backup', request, secrets, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async listCopies({ query, service }) {
    const { present, secret, backup, medium, ...page } = query;
    const catalog = await service.catalog();
    const found = await catalog.copies({
      ...page,
      ...(secret !== undefined && { secret }),
      ...(backup !== undefined && { backup }),
      ...(medium !== undefined && { medium }),
      ...(present !== undefined && { present: present === 'true' }),
    });
    return { status: 200, json: { rows: found.rows.map(shownCopy), next: found.next } };
  },
  async showBackup({ params, service }) {
    const catalog = await service.catalog();
    const [newest] = (await catalog.backups({ id: params.id, limit: 1 })).rows;
    if (newest === undefined) throw coreError('BACKUP_NOT_FOUND', 'nobody knows this backup');
    const copies = await catalog.copies({ backup: params.id, limit: 1000 });
    const json = { backup: shownBackup(newest), copies: copies.rows.map(shownCopy) };
    return { status: 200, json };
  },
  async fetchBackup({ params, query, service, actor, signal }) {
    const run = service.runFor(actor, { signal });
    await using resources = new AsyncDisposableStack();
    const copy = resources.use(await openKnownCopy({ backup: params.id, ...query }, run));
    const { size } = await stat(copy.path);
    await run.recorder.record([
      {
        ...{ action: 'backup.fetch', outcome: 'ok', backup: params.id, copy: copy.row.id },
        ...(copy.row.secret !== null && { secret: copy.row.secret }),
        detail: { bytes: size },
      },
    ]);
    const bytes = createReadStream(copy.path);
    const held = resources.move();
    // Its medium is held until the last byte is out, or nobody wants it any more.
    bytes.once('close', () => {
      held.disposeAsync().catch((cause: unknown) => {
        service.log.warn({ err: cause }, 'a medium could not be let go');
      });
    });
    return { status: 200, bytes, size, fileName: copy.row.file };
  },
  async verifyBackup({ params, body, service, principal, from }) {
    const { password, identities, custodianPasswords, ...request } = body;
    const secrets = { password, identities, custodianPasswords };
    const job = { kind: 'verify', request: { backup: params.id, ...request } };
    const asked = { ...job, secrets, by: principal, from };
    return accepted(await service.jobs.submit(asked));
  },
};

function shownBackup(row: BackupRow): Backup {
  const { previous: _, payloadDigest: __, mark: ___, envelopes, waivers, ...rest } = row;
  return {
    ...rest,
    waivers: [...waivers],
    envelopes: envelopes.map(({ index, factors }) => ({ index, factors: factorsInWords(factors) })),
  };
}

function shownCopy(row: CopyRow): Copy {
  const { place, number: _, of: __, ...rest } = row;
  const host = place.kind === 'folder' ? place.host : null;
  return { ...rest, bad: isBad(row), kind: place.kind, path: place.path, host };
}
