import {
  restore as restoreCopy,
  storeOf,
  toCommand,
  toFile,
  toFolder,
  toRecipient,
  type RestoreTarget,
  type TargetConfig,
} from '@holdfast/core';
import { openKnownCopy } from '@holdfast/core/service';
import { z } from 'zod';
import { serverError } from '../errors.ts';
import type { JobKind, Work } from '../jobs/kind.ts';
import type { Service, ServiceRun } from '../service.ts';
import { openingNeeds, openSessionRun } from './opening.ts';

const request = z.strictObject({
  backup: z.string(),
  copy: z.string().optional(),
  to: z.union([z.strictObject({ target: z.string() }), z.strictObject({ recipient: z.string() })]),
  requireSigned: z.boolean().optional(),
  token: z.string().optional(),
});

/** Puts a secret back: to a target of the configuration, or into an age file for whoever asked. */
export const restore: JobKind<z.infer<typeof request>> = {
  kind: 'restore',
  request,
  about: ({ backup }) => ({ backup }),
  needs: ({ to, ...asked }) => [
    ...openingNeeds(asked),
    ...('target' in to ? [`target:${to.target}`] : []),
  ],
  repeatable: false,
  async run({ backup, copy, to, requireSigned, token }, work) {
    const target = 'target' in to ? to.target : '';
    using opening = openSessionRun(work, { backup, target });
    const { run } = opening;
    await using found = await openKnownCopy({ backup, copy }, run);
    const asked = {
      ...{ from: found.path, token, pastCache: true },
      to: await targetOf(to, work, run),
      requireSigned: requireSigned ?? work.service.config.requireSigned,
    };
    const report = await restoreCopy(asked, run);
    opening.used();
    return { result: { from: found.where, ...report } };
  },
};

async function targetOf(
  to: z.infer<typeof request>['to'],
  { service, resultFile }: Work,
  run: ServiceRun,
): Promise<RestoreTarget> {
  if ('recipient' in to) return toRecipient(to.recipient, await resultFile());
  const target = targetNamed(to.target, service);
  switch (target.kind) {
    case 'file':
      return toFile(target.path);
    case 'folder':
      return toFolder(target.path, { replace: true });
    case 'command':
      return toCommand(target.line);
    case 'store':
      return storeOf(run.instance, run).target(target.secret);
  }
}

/** @throws TARGET_UNKNOWN */
export function targetNamed(name: string, { config }: Pick<Service, 'config'>): TargetConfig {
  const target = Object.hasOwn(config.targets, name) ? config.targets[name] : undefined;
  if (target !== undefined) return target;
  throw serverError('TARGET_UNKNOWN', `the configuration has no target ${name}`);
}
