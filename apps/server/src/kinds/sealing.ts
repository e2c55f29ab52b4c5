import {
  admitMedia,
  chooseVolumes,
  parseEnvelope,
  parseSelector,
  policyNamed,
  type Config,
  type CopiesRequest,
  type CopyTarget,
  type Policy,
} from '@holdfast/core';
import { z } from 'zod';
import { serverError } from '../errors.ts';
import type { Service, ServiceRun } from '../service.ts';

/** How a backup is sealed and kept, as a job keeps it. */
export const sealingRequest = {
  to: z.array(z.string()).min(1),
  envelopes: z.array(z.string()).optional(),
  policy: z.string().optional(),
  hint: z.string().optional(),
  discreet: z.boolean().optional(),
  keep: z.number().optional(),
  eject: z.boolean().optional(),
  allowWeakPassword: z.boolean().optional(),
  allowSinglePointOfFailure: z.boolean().optional(),
};

export type SealingAsked = z.infer<z.ZodObject<typeof sealingRequest>>;

/** The policy in force: the one that was named, else the one that the configuration has for the secret. */
function policyFor(
  named: string | undefined,
  secret: string,
  { policies, secrets }: Config,
): Policy | undefined {
  const configured = Object.hasOwn(secrets, secret) ? secrets[secret]?.policy : null;
  const name = named ?? configured ?? null;
  return name === null ? undefined : policyNamed(policies, name);
}

function envelopesFor(
  { envelopes, policy }: Pick<SealingAsked, 'envelopes' | 'policy'>,
  secret: string,
  config: Config,
): readonly string[] {
  return envelopes ?? policyFor(policy, secret, config)?.envelopes ?? config.backup.envelopes;
}

/** What core is asked for, but for the source and the places. */
export function sealingFor(
  asked: SealingAsked,
  secret: string,
  config: Config,
): Omit<CopiesRequest, 'source' | 'to'> {
  const { hint, discreet, allowWeakPassword, allowSinglePointOfFailure, keep } = asked;
  return {
    name: secret,
    envelopes: envelopesFor(asked, secret, config),
    policy: policyFor(asked.policy, secret, config),
    ...{ hint, keep, allowWeakPassword, allowSinglePointOfFailure },
    discreet: discreet ?? config.backup.discreet,
    requireToken: config.backup.requireToken,
    ...(config.backup.workFactor !== null && { workFactor: config.backup.workFactor }),
    eject: asked.eject ?? true,
  };
}

/**
 * The folders and media that are meant.
 *
 * @throws FOLDER_UNKNOWN, and what choosing media throws
 */
export async function targetsOf(
  to: readonly string[],
  { config }: Pick<Service, 'config'>,
  run: ServiceRun,
): Promise<readonly CopyTarget[]> {
  const targets: CopyTarget[] = [];
  const chosen = () => targets.flatMap((it) => (it.kind === 'medium' ? [it.chosen] : []));
  for (const place of to) {
    if (place.startsWith(FOLDER)) {
      targets.push({ kind: 'folder', path: folderNamed(place.slice(FOLDER.length), config) });
      continue;
    }
    const selector = parseSelector(place);
    const wanted = { selector, count: 1, access: 'write', taken: chosen() } as const;
    const found = await chooseVolumes(wanted, run);
    targets.push(...found.map((it) => ({ kind: 'medium', chosen: it }) as const));
  }
  await admitMedia(chosen(), config.media, run);
  return targets;
}

const FOLDER = 'folder:';

/** @throws FOLDER_UNKNOWN */
function folderNamed(name: string, { folders }: Config): string {
  const path = Object.hasOwn(folders, name) ? folders[name] : undefined;
  if (path !== undefined) return path;
  throw serverError('FOLDER_UNKNOWN', `the configuration has no folder ${name}`);
}

/** What of a request is wrong for sure, before it waits in line. @throws FOLDER_UNKNOWN, ENVELOPE_INVALID … */
export function assertSealing(asked: SealingAsked, secret: string, { config }: Service): void {
  for (const place of asked.to) {
    if (place.startsWith(FOLDER)) folderNamed(place.slice(FOLDER.length), config);
    else parseSelector(place);
  }
  for (const expression of envelopesFor(asked, secret, config)) parseEnvelope(expression);
}

/** Each medium and folder for itself alone, and each token that takes part in sealing. */
export async function sealingNeeds(
  asked: SealingAsked,
  secret: string,
  { config, tokens }: Service,
): Promise<readonly string[]> {
  const places = asked.to.map((place) =>
    place.startsWith(FOLDER) ? place : `medium:${place.slice('usb:'.length)}`,
  );
  const aliases = envelopesFor(asked, secret, config).flatMap((expression) =>
    parseEnvelope(expression).factors.flatMap((it) => (it.kind === 'token' ? [it.name] : [])),
  );
  const needed: string[] = [];
  for (const alias of new Set(aliases)) {
    // An enrolled key that has a public half is sealed to without its token.
    const key = await (await tokens.open()).sealingKey(alias).catch(() => null);
    const isPublic = key !== null && ['p256', 'rsa'].includes(key.details.algorithm);
    if (!isPublic) needed.push(`token:${alias}`);
  }
  return [...places, ...needed];
}
