import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MANIFEST_PATH, README_PATH, SIGNATURE_PATH, envelopePath } from '../layout.ts';
import { encodeManifest, sha256Hex, type Manifest } from '../manifest.ts';
import { SEGMENT_SIZE, digestOfSegments } from '../segments.ts';
import { readBackupFile, type BackupFile } from '../reader.ts';
import { renderReadme } from '../readme.ts';
import { signSshsig } from '../sshsig.ts';
import { backupWriter } from '../writer.ts';

export interface SampleOptions {
  readonly manifest?: Partial<Manifest>;
  readonly payload?: Uint8Array;
  /** Content of the envelopes by index; they are password envelopes. */
  readonly envelopes?: Readonly<Record<number, Uint8Array>>;
  readonly privateKey?: KeyObject | null;
}

const CREATED = '2026-11-22T20:24:07Z';

export const samplePayload = Buffer.from('not really an age file, but bytes all the same');

const { privateKey: sampleKey } = generateKeyPairSync('ed25519');

export function sampleManifest(options: SampleOptions = {}): Manifest {
  const payload = options.payload ?? samplePayload;
  const envelopes = options.envelopes ?? sampleEnvelopes;
  const segments = [];
  for (let at = 0; at < payload.length; at += SEGMENT_SIZE) {
    segments.push(sha256Hex(payload.subarray(at, at + SEGMENT_SIZE)));
  }
  const bare: Manifest = {
    format: 'holdfast-backup/1',
    id: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55',
    generation: 1,
    previous: null,
    secret: 'gitlab-secrets.json',
    created: CREATED,
    host: 'gitlab-1',
    holdfast: '0.1.0',
    hint: 'the usual, with the year',
    kind: 'file',
    readme: { sha256: '' },
    payload: {
      size: payload.length,
      segmentSize: SEGMENT_SIZE,
      sha256: segments,
      digest: digestOfSegments(segments),
    },
    envelopes: Object.entries(envelopes).map(([index, bytes]) => ({
      index: Number(index),
      factors: [{ kind: 'password' }],
      files: [{ path: envelopePath(Number(index)), sha256: sha256Hex(bytes) }],
    })),
    waivers: [],
    ...options.manifest,
  };
  if (options.manifest?.readme !== undefined) return bare;
  return { ...bare, readme: { sha256: sha256Hex(readmeOf(bare, options)) } };
}

/** A whole backup, written by the real writer. */
export async function sampleBackup(options: SampleOptions = {}): Promise<Buffer> {
  const manifest = sampleManifest(options);
  const payload = options.payload ?? samplePayload;
  const path = join(folder(), 'sample.tar');
  {
    await using handle = await open(path, 'w+');
    const writer = backupWriter(handle.fd, new Date(manifest.created));
    await writer.writePart(README_PATH, readmeOf(manifest, options));
    await handle.write(payload, 0, payload.length, writer.beginPayload());
    await writer.endPayload(payload.length);
    for (const [index, bytes] of Object.entries(options.envelopes ?? sampleEnvelopes)) {
      await writer.writePart(envelopePath(Number(index)), bytes);
    }
    const manifestBytes = encodeManifest(manifest);
    await writer.writePart(MANIFEST_PATH, manifestBytes);
    if (options.privateKey !== null) {
      const signature = signSshsig(manifestBytes, options.privateKey ?? sampleKey);
      await writer.writePart(SIGNATURE_PATH, signature);
    }
    await writer.finish();
  }
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

/** Reads a backup from a real file with these bytes. */
export async function readBytes(bytes: Uint8Array): Promise<BackupFile> {
  const path = join(folder(), `${createHash('sha256').update(bytes).digest('hex')}.tar`);
  await writeFile(path, bytes);
  try {
    await using handle = await open(path);
    return await readBackupFile(handle);
  } finally {
    await rm(path);
  }
}

const sampleEnvelopes = { 1: Buffer.from('the first envelope'), 4: Buffer.from('the fourth') };

function readmeOf(manifest: Manifest, options: SampleOptions): Uint8Array {
  return renderReadme({ ...manifest, signed: options.privateKey !== null });
}

let made: string | undefined;

function folder(): string {
  made ??= mkdtempSync(join(tmpdir(), 'holdfast-sample-'));
  return made;
}
