import { ScryptIdentity, type Identity } from '@holdfast/age';
import { envelopePath } from '../backup-file/layout.ts';
import type {
  Manifest,
  ManifestCustodian,
  ManifestToken,
  PlainEnvelope,
} from '../backup-file/manifest.ts';
import type { BackupFile } from '../backup-file/reader.ts';
import { isForPassword, isForToken } from '../envelopes/candidate.ts';
import { openLayer } from '../envelopes/layers.ts';
import { openOuterLayers } from '../envelopes/outer-layers.ts';
import { coreError } from '../errors.ts';
import { isAgeFailure } from '../payload.ts';
import type { FactorSource } from '../ports.ts';
import type { SharedTokens } from '../tokens/access.ts';
import { tokenInWords } from '../tokens/claims.ts';
import { judgeShare, type QuorumEnvelope } from './judge.ts';
import { openShare, type Share } from './share.ts';

/** What shares are opened with. */
export interface ShareKeys {
  readonly factors: FactorSource;
  readonly identities: readonly Identity[];
  /** `null`: there is no way to any token. */
  readonly tokens: (() => Promise<SharedTokens>) | null;
  /** The alias or URI of the token to use, and no other. */
  readonly token?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A custodian's share as an envelope of its own. */
export function shareEnvelope(
  { entry }: QuorumEnvelope,
  custodian: ManifestCustodian,
): PlainEnvelope {
  const path = envelopePath(entry.index, custodian.name);
  return {
    index: entry.index,
    factors: custodian.factors,
    files: entry.files.filter((file) => file.path === path),
  };
}

/**
 * Opens the share that one custodian has in a backup, asking for what that takes, and judges it. The result is the
 * caller's to dispose.
 *
 * @throws WRONG_PASSWORD, FACTOR_MISSING, TOKEN_NOT_FOUND and what a token ends with; SHARE_INVALID and its like
 */
export async function openCustodiansShare(
  backup: BackupFile,
  place: QuorumEnvelope,
  custodian: ManifestCustodian,
  keys: ShareKeys,
): Promise<Share> {
  using layers = new DisposableStack();
  using held = new DisposableStack();
  const { name } = custodian;
  const envelope = shareEnvelope(place, custodian);
  const file = await openOuter(backup, envelope, name, keys, layers);
  const share = held.use(
    isForPassword(envelope)
      ? await openWithPassword(file, envelope.index, name, backup.manifest, keys)
      : openShare(file, `the share of ${name}`),
  );
  const found = judgeShare(share, backup.manifest);
  if (found.entry.index !== envelope.index || found.custodian.name !== name) {
    const other = `that of ${found.custodian.name}`;
    throw coreError('SHARE_INVALID', `what lies there as the share of ${name} is ${other}`);
  }
  held.move();
  return share;
}

async function openOuter(
  backup: BackupFile,
  envelope: PlainEnvelope,
  name: string,
  { identities, tokens, token: only, signal }: ShareKeys,
  held: DisposableStack,
): Promise<Uint8Array> {
  const takesIdentity = envelope.factors.some(({ kind }) => kind === 'recipient');
  // No PIN is spent on a share that would stay shut all the same.
  if (takesIdentity && identities.length === 0) throw missing(name, 'an identity that is not here');
  const shared = isForToken(envelope) ? await tokens?.() : undefined;
  const ofToken = shared && ((factor: ManifestToken) => shared.identity(factor.token, { only }));
  const opened = await asShare(
    name,
    async () =>
      await openOuterLayers(backup, envelope, {
        ...{ identities, held, signal },
        ...(ofToken && { ofToken }),
      }),
  );
  if ('file' in opened) return opened.file;
  if (opened.missing === 'recipient') throw missing(name, 'an identity that is not here');
  const { tokenError } = await import('@holdfast/token');
  const token = envelope.factors.find((factor) => factor.kind === 'token')?.token?.token;
  const which = token === undefined ? 'a token' : tokenInWords(token);
  throw tokenError('TOKEN_NOT_FOUND', `the share of ${name} takes ${which}, and it is not here`);
}

async function openWithPassword(
  file: Uint8Array,
  envelope: number,
  custodian: string,
  { secret, hint, created }: Manifest,
  { factors, signal }: ShareKeys,
): Promise<Share> {
  const about = { secret, hint, created, custodian, envelopes: [envelope] };
  for (let attempt = 1; ; attempt += 1) {
    using password = await factors.password({ ...about, attempt });
    if (password === null && attempt === 1) throw missing(custodian, 'a password');
    if (password === null) throw coreError('WRONG_PASSWORD', `wrong password of ${custodian}`);
    const identities = [new ScryptIdentity(password)];
    using text = await asShare(
      custodian,
      async () => await openLayer(file, identities, signal ? { signal } : {}),
    );
    if (text !== null) return openShare(text.bytes, `the share of ${custodian}`);
  }
}

function missing(name: string, what: string): Error {
  return coreError('FACTOR_MISSING', `the share of ${name} takes ${what}`);
}

/** What lies there is what the manifest says: if it is no age file, nobody meant it to be opened. */
async function asShare<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!isAgeFailure(cause)) throw cause;
    throw coreError('SHARE_INVALID', `the share of ${name} is no age file that could be opened`, {
      cause,
    });
  }
}
