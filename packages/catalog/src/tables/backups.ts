import type { KeptBackup } from '../schema/tables.ts';
import { defineTable } from './table.ts';

/**
 * Every generation of every backup. Two files that both say that they are the same generation of the same backup
 * are two rows: one of them was not made by whom one thinks.
 */
export const backups = defineTable<KeptBackup>({
  name: 'backups',
  key: ['id', 'generation', 'manifest'],
  json: ['waivers', 'envelopes'],
  flags: ['trusted', 'discreet'],
  keyOf: (event) => {
    const { action, backup, outcome } = event;
    const exists =
      action === 'backup.make' || action === 'backup.change' || action === 'backup.find';
    if (!exists || backup === undefined || outcome !== 'ok') return null;
    return [backup, event.detail.generation, event.detail.manifest];
  },
  fold(before, { event, time }) {
    const { action, backup, secret } = event;
    if (action !== 'backup.make' && action !== 'backup.change' && action !== 'backup.find') {
      return before;
    }
    const { detail: facts } = event;
    return {
      id: backup ?? '',
      // A discreet backup that was found does not say whose it is; who made it knew.
      secret: secret ?? before?.secret ?? null,
      recordedAt: before?.recordedAt ?? time,
      generation: facts.generation,
      manifest: facts.manifest,
      previous: facts.previous,
      created: facts.created,
      host: facts.host,
      kind: facts.kind,
      size: facts.size,
      payloadDigest: facts.payloadDigest,
      signer: facts.signer,
      trusted: facts.trusted,
      discreet: facts.discreet,
      waivers: facts.waivers,
      envelopes: facts.envelopes,
      mark: facts.mark ?? before?.mark ?? null,
    };
  },
});
