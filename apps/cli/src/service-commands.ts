import type { Argv } from 'yargs';
import type { GlobalArgs } from './context.ts';
import { lazy } from './lazy.ts';

/** Who may use the HTTP service. */
export function addAccess(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'create <name>',
      'make an access token, which is printed once',
      ...lazy(signal, async () => await import('./commands/access-create.ts')),
    )
    .command(
      'list',
      'list who has access, and as what',
      ...lazy(signal, async () => await import('./commands/access-list.ts')),
    )
    .command(
      'revoke <name>',
      'revoke an access token; the service refuses it within a second',
      ...lazy(signal, async () => await import('./commands/access-revoke.ts')),
    )
    .demandCommand(1, 'give create, list or revoke');
}

/** What a service does and has done. */
export function addJobs(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list',
      'list the jobs of a service, newest first',
      ...lazy(signal, async () => await import('./commands/jobs-list.ts')),
    )
    .command(
      'show <id>',
      'show one job, and what came of it',
      ...lazy(signal, async () => await import('./commands/jobs-show.ts')),
    )
    .command(
      'follow <id>',
      'tell what happens in a job, until it ends',
      ...lazy(signal, async () => await import('./commands/jobs-follow.ts')),
    )
    .command(
      'cancel <id>',
      'ask a job to end',
      ...lazy(signal, async () => await import('./commands/jobs-cancel.ts')),
    )
    .command(
      'approve <id>',
      'approve what another administrator asked for',
      ...lazy(signal, async () => await import('./commands/jobs-approve.ts')),
    )
    .command(
      'reject <id>',
      'reject what another administrator asked for',
      ...lazy(signal, async () => await import('./commands/jobs-reject.ts')),
    )
    .demandCommand(1, 'give list, show, follow, cancel, approve or reject');
}
