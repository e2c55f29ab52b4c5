import type { BackupFacts, CatalogEvent, MediumFacts } from '@holdfast/catalog';
import { copyId } from '@holdfast/catalog/ids';

const FACTS: BackupFacts = {
  ...{ generation: 1, previous: null, host: 'here', kind: 'file', size: 10240 },
  ...{ created: '', manifest: '', payloadDigest: 'dd', signer: 'SHA256:own', trusted: true },
  ...{ discreet: false, waivers: [], mark: 'one' },
  envelopes: [{ index: 1, factors: [{ kind: 'password' }] }],
};

/** A backup of `sso` was made, as the catalog is told. */
export function backupMade(
  id: string,
  created: string,
  more: Partial<BackupFacts> = {},
): CatalogEvent {
  const manifest = `${id}-${String(more.generation ?? 1)}`;
  const detail = { ...FACTS, manifest, created, ...more };
  return { action: 'backup.make', outcome: 'ok', secret: 'sso', backup: id, detail };
}

type About = Pick<CatalogEvent, 'secret' | 'backup' | 'copy' | 'medium'>;

/** The copy of a backup on a medium. */
export function onMedium(backup: string, medium: string): About & { readonly copy: string } {
  const place = { kind: 'medium', path: null } as const;
  const copy = copyId({ backup, place, medium, file: 'sso.tar' });
  return { secret: 'sso', backup, medium, copy };
}

export function copyMade(backup: string, medium: string, generation = 1): CatalogEvent {
  const place = { kind: 'medium', path: null } as const;
  const detail = { place, generation, file: 'sso.tar', size: 10240, proof: 'remounted' };
  return {
    ...onMedium(backup, medium),
    ...{ action: 'copy.make', outcome: 'ok', detail: { ...detail, number: 1, of: 1 } },
  };
}

/** A drill with the copy of a backup on a medium. */
export function drilled(backup: string, medium: string, outcome = 'ok'): CatalogEvent {
  const detail = {
    ...{ id: `${backup}-${medium}-${outcome}`, envelope: 1, custodians: [], fromMedium: true },
    ...{ sameAsLive: null, checkPassed: null, receipt: null, signature: null },
  };
  return { ...onMedium(backup, medium), action: 'drill', outcome, detail };
}

export function mediumSeen(medium: string, more: Partial<MediumFacts> = {}): CatalogEvent {
  const detail = {
    ...{ label: medium.toUpperCase(), uuid: `uuid-${medium}`, serial: `serial-${medium}` },
    ...{ vendor: 'Acme', product: 'Stick', size: 1e9 },
    ...more,
  };
  return { action: 'medium.see', outcome: 'ok', medium, detail };
}

export function observed(mark: string | null, outcome = 'ok'): CatalogEvent {
  return { action: 'secret.observe', outcome, secret: 'sso', detail: { mark } };
}
