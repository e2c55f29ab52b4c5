import { coreError } from '../errors.ts';
import { encodeManifest, FORMAT, type Manifest } from './manifest.ts';

/**
 * Reads backup.json. Throws FORMAT_UNSUPPORTED for a version that this program does not know, and
 * BACKUP_DAMAGED for anything but the one byte form of a valid manifest.
 */
export async function parseManifest(bytes: Uint8Array): Promise<Manifest> {
  const value = parseJson(bytes);
  requireKnownFormat(value);
  const { manifestSchema } = await import('./manifest-schema.ts');
  const result = manifestSchema.safeParse(value);
  if (!result.success) {
    // Only the place is named: what stands there is whatever somebody wrote into the file.
    const place = result.error.issues[0]?.path.join('.') ?? '';
    throw damaged(place === '' ? 'is not as it should be' : `is not as it should be at ${place}`);
  }
  if (Buffer.compare(encodeManifest(result.data), bytes) !== 0) {
    throw damaged('is not written in its one canonical form');
  }
  return result.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The parser's own words quote the content: not passed on.
    throw damaged('is not JSON');
  }
}

function requireKnownFormat(value: unknown): void {
  const format =
    typeof value === 'object' && value !== null && 'format' in value ? value.format : null;
  if (format === FORMAT) return;
  const version =
    typeof format === 'string' ? /^holdfast-backup\/(\d{1,9})$/.exec(format)?.[1] : undefined;
  if (version === undefined) throw damaged('does not say that it is one');
  throw coreError(
    'FORMAT_UNSUPPORTED',
    `the backup has format version ${version}, and this program reads version 1`,
  );
}

function damaged(what: string): Error {
  return coreError('BACKUP_DAMAGED', `the manifest (backup.json) ${what}`);
}
