import type { Argv } from 'yargs';
import type { GlobalArgs } from './context.ts';
import { lazy } from './lazy.ts';

/** Whom a quorum names. */
export function addCustodians(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'add <name> <factors>',
      'make somebody known whom a quorum can name',
      ...lazy(signal, async () => await import('./commands/custodian-add.ts')),
    )
    .command(
      'change <name>',
      'change what is known of a custodian',
      ...lazy(signal, async () => await import('./commands/custodian-change.ts')),
    )
    .command(
      'list',
      'list the custodians, and when each was checked last',
      ...lazy(signal, async () => await import('./commands/custodian-list.ts')),
    )
    .command(
      'remove <name>',
      'let no quorum name a custodian any more',
      ...lazy(signal, async () => await import('./commands/custodian-remove.ts')),
    )
    .command(
      'check <backup>',
      'show that a share opens and is the right one, and reveal nothing of it',
      ...lazy(signal, async () => await import('./commands/custodian-check.ts')),
    )
    .command(
      'session <file>',
      'make an identity for one restore, to which custodians send their shares',
      ...lazy(signal, async () => await import('./commands/custodian-session.ts')),
    )
    .command(
      'contribute <backup>',
      'seal the share of a custodian anew, for whoever restores',
      ...lazy(signal, async () => await import('./commands/custodian-contribute.ts')),
    )
    .demandCommand(1, 'give add, change, list, remove, check, session or contribute');
}

/** What there is to do with the receipts of drills. */
function addReceipts(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list',
      'list the drills that were made, newest first',
      ...lazy(signal, async () => await import('./commands/drill-list.ts')),
    )
    .command(
      'show <id>',
      'show what a drill showed, and what it did not',
      ...lazy(signal, async () => await import('./commands/drill-show.ts')),
    )
    .command(
      'verify <receipt> [signature]',
      'check the receipt of a drill, and whose it is',
      ...lazy(signal, async () => await import('./commands/drill-verify.ts')),
    );
}

/** Rehearsed restores, and their receipts. */
export function addDrills(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  const load = async () => await import('./commands/drill.ts');
  const [build, run] = lazy(signal, load);
  return cli.command(
    'drill <backup>',
    'rehearse a restore of a copy, and leave a signed receipt; or list, show, verify',
    async (group) => {
      const { positionals, options } = (await load()).command;
      const own = await build(addReceipts(group, signal));
      keepLocal(own, [...Object.keys(positionals), ...Object.keys(options)]);
      return own;
    },
    run,
  );
}

/** What a command takes, its subcommands do not. yargs has the second argument and does not declare it. */
function keepLocal(cli: object, names: readonly string[]): void {
  (cli as { global(names: readonly string[], isGlobal: boolean): void }).global(names, false);
}

/** The log of what was done. */
export function addAudit(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list',
      'list what was done, newest first',
      ...lazy(signal, async () => await import('./commands/audit-list.ts')),
    )
    .command(
      'verify',
      'find any entry that was altered, removed, reordered or forged',
      ...lazy(signal, async () => await import('./commands/audit-verify.ts')),
    )
    .command(
      'export',
      'write the audit log out, as JSON lines or to syslog',
      ...lazy(signal, async () => await import('./commands/audit-export.ts')),
    )
    .demandCommand(1, 'give list, verify or export');
}

/** Where that is kept. */
export function addCatalog(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'show',
      'say where the catalog is, and in what state',
      ...lazy(signal, async () => await import('./commands/catalog-show.ts')),
    )
    .command(
      'rebuild [places..]',
      'make a new catalog of what folders and media prove',
      ...lazy(signal, async () => await import('./commands/catalog-rebuild.ts')),
    )
    .demandCommand(1, 'give show or rebuild');
}

/** What a loss would mean. */
export function addPolicies(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list',
      'list the policies of the configuration, and the secrets under them',
      ...lazy(signal, async () => await import('./commands/policy-list.ts')),
    )
    .command(
      'check [what]',
      'say which losses policies and backups survive, and which rules are broken',
      ...lazy(signal, async () => await import('./commands/policy-check.ts')),
    )
    .demandCommand(1, 'give list or check');
}
