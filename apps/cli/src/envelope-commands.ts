import type { Argv } from 'yargs';
import type { GlobalArgs } from './context.ts';
import { lazy } from './lazy.ts';

export function addEnvelopes(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list <backup>',
      'list the envelopes of a backup',
      ...lazy(signal, async () => await import('./commands/envelopes-list.ts')),
    )
    .command(
      'add <backup>',
      'let someone else open a backup',
      ...lazy(signal, async () => await import('./commands/envelopes-add.ts')),
    )
    .command(
      'replace <backup> <index> <expression>',
      'seal an envelope anew, for other custodians or another factor',
      ...lazy(signal, async () => await import('./commands/envelopes-replace.ts')),
    )
    .command(
      'remove <backup> <index..>',
      'take envelopes out of a backup',
      ...lazy(signal, async () => await import('./commands/envelopes-remove.ts')),
    )
    .command(
      'change-password <backup>',
      'replace the password of a backup',
      ...lazy(signal, async () => await import('./commands/envelopes-change-password.ts')),
    )
    .demandCommand(1, 'give list, add, replace, remove or change-password');
}
