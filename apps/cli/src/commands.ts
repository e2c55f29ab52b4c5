import type { Argv } from 'yargs';
import { ANCESTOR_COMMANDS } from './ancestor.ts';
import type { GlobalArgs } from './context.ts';
import { addAudit, addCatalog, addCustodians, addDrills, addPolicies } from './custody-commands.ts';
import { addEnvelopes } from './envelope-commands.ts';
import { addAccess, addJobs } from './service-commands.ts';
import { lazy } from './lazy.ts';

/** The commands, each with its subcommands. */
export const COMMAND_NAMES = {
  init: [],
  backup: [],
  restore: [],
  inspect: [],
  verify: [],
  drill: [],
  status: [],
  envelopes: ['list', 'add', 'replace', 'remove', 'change-password'],
  secret: ['generate', 'import', 'rotate', 'read', 'list'],
  token: ['list', 'show', 'generate-key', 'enroll', 'test', 'recipient', 'identity', 'forget'],
  media: ['list', 'watch', 'eject', 'name', 'forget'],
  custodian: ['add', 'change', 'list', 'remove', 'check', 'session', 'contribute'],
  policy: ['list', 'check'],
  audit: ['list', 'verify', 'export'],
  catalog: ['show', 'rebuild'],
  access: ['create', 'list', 'revoke'],
  jobs: ['list', 'show', 'follow', 'cancel', 'approve', 'reject'],
  sheet: [],
  discover: [],
  completion: [],
} as const;

/** Tells yargs what there is. No command's file is imported before that command is named. */
export function addCommands(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  cli
    .command(
      'init',
      'set up the state folder: signing identity and secret store',
      ...lazy(signal, async () => await import('./commands/init.ts')),
    )
    .command(
      'backup [what..]',
      'back up a file, several files, stdin, a command or a secret of the store',
      ...lazy(signal, async () => await import('./commands/backup.ts')),
    )
    .command(
      'restore <backup>',
      'put a secret back where it lives',
      ...lazy(signal, async () => await import('./commands/restore.ts')),
    )
    .command(
      'inspect <backup>',
      'say what a backup is and who can open it',
      ...lazy(signal, async () => await import('./commands/inspect.ts')),
    )
    .command(
      'verify <backup>',
      'check a backup, without or with what opens it',
      ...lazy(signal, async () => await import('./commands/verify.ts')),
    );
  addDrills(cli, signal);
  cli
    .command(
      'status [secret..]',
      'say how things stand, and what mends what is not well',
      ...lazy(signal, async () => await import('./commands/status.ts')),
    )
    .command(
      'envelopes',
      'who can open a backup: list, add, replace, remove, change the password',
      (group) => addEnvelopes(group, signal),
    )
    .command('secret', 'the store: generate, import, rotate, read, list', (group) =>
      addSecrets(group, signal),
    )
    .command('token', 'hardware tokens: their keys as factors, and for age', (group) =>
      addTokens(group, signal),
    )
    .command('media', 'sticks and disks: list, watch, eject, name, forget', (group) =>
      addMedia(group, signal),
    )
    .command('policy', 'what a loss would mean, and which rules are broken: list, check', (group) =>
      addPolicies(group, signal),
    )
    .command('custodian', 'whom a quorum names, and the shares they hold', (group) =>
      addCustodians(group, signal),
    )
    .command('audit', 'what was done, by whom: list, verify, export', (group) =>
      addAudit(group, signal),
    )
    .command('catalog', 'where all that is kept: show, rebuild', (group) =>
      addCatalog(group, signal),
    )
    .command('access', 'who may use the HTTP service: create, list, revoke', (group) =>
      addAccess(group, signal),
    )
    .command(
      'jobs',
      'the jobs of a service: list, show, follow, cancel, approve, reject',
      (group) => addJobs(group, signal),
    )
    .command(
      'sheet <backup>',
      'print an emergency sheet: what it is, where it lies, how to restore it',
      ...lazy(signal, async () => await import('./commands/sheet.ts')),
    )
    .command(
      'discover [system..]',
      'look for secrets in the well-known places of well-known software',
      ...lazy(signal, async () => await import('./commands/discover.ts')),
    )
    .command(
      'completion [shell]',
      'print a completion script for bash, zsh or fish',
      ...lazy(signal, async () => await import('./commands/completion.ts')),
    );
  addAncestor(cli, signal);
  return cli;
}

function addSecrets(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'generate <name>',
      'make a new secret, and a backup of it in the same act',
      ...lazy(signal, async () => await import('./commands/secret-generate.ts')),
    )
    .command(
      'import <name> <from>',
      'take a secret into the store from a file, or from stdin with -',
      ...lazy(signal, async () => await import('./commands/secret-import.ts')),
    )
    .command(
      'rotate <name>',
      'make a new version, keep the previous one, and back the new one up',
      ...lazy(signal, async () => await import('./commands/secret-rotate.ts')),
    )
    .command(
      'read <name>',
      'write a secret to stdout',
      ...lazy(signal, async () => await import('./commands/secret-read.ts')),
    )
    .command(
      'list',
      'list the secrets of the store, never their values',
      ...lazy(signal, async () => await import('./commands/secret-list.ts')),
    )
    .demandCommand(1, 'give generate, import, rotate, read or list');
}

function addTokens(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list',
      'list the tokens that are here, and those that are enrolled',
      ...lazy(signal, async () => await import('./commands/token-list.ts')),
    )
    .command(
      'show <name>',
      'show the keys of a token, and which of them can serve',
      ...lazy(signal, async () => await import('./commands/token-show.ts')),
    )
    .command(
      'generate-key <uri>',
      'make a key on a token, which can never leave it',
      ...lazy(signal, async () => await import('./commands/token-generate-key.ts')),
    )
    .command(
      'enroll <alias> <uri>',
      'prove a key, and record it under a name',
      ...lazy(signal, async () => await import('./commands/token-enroll.ts')),
    )
    .command(
      'test <name>',
      'prove a key again, without any backup',
      ...lazy(signal, async () => await import('./commands/token-test.ts')),
    )
    .command(
      'recipient <name>',
      'print the recipient of a key, for age -r',
      ...lazy(signal, async () => await import('./commands/token-recipient.ts')),
    )
    .command(
      'identity <name>',
      'print an identity file for a key, for age -i',
      ...lazy(signal, async () => await import('./commands/token-identity.ts')),
    )
    .command(
      'forget <alias>',
      'remove the record of an enrolled key',
      ...lazy(signal, async () => await import('./commands/token-forget.ts')),
    )
    .demandCommand(1, 'give list, show, generate-key, enroll, test, recipient, identity or forget');
}

function addMedia(cli: Argv<GlobalArgs>, signal: AbortSignal): Argv<GlobalArgs> {
  return cli
    .command(
      'list [medium]',
      'list what is plugged in and why it is not used, or the backups on one medium',
      ...lazy(signal, async () => await import('./commands/media-list.ts')),
    )
    .command(
      'watch',
      'tell what is plugged in and out, until Ctrl-C',
      ...lazy(signal, async () => await import('./commands/media-watch.ts')),
    )
    .command(
      'eject [medium]',
      'unmount a medium and switch it off, so that it can be pulled out',
      ...lazy(signal, async () => await import('./commands/media-eject.ts')),
    )
    .command(
      'name <medium> [name]',
      'say what a medium is called, where it lies and whose it is',
      ...lazy(signal, async () => await import('./commands/media-name.ts')),
    )
    .command(
      'forget <medium>',
      'take a medium out of the register',
      ...lazy(signal, async () => await import('./commands/media-forget.ts')),
    )
    .demandCommand(1, 'give list, watch, eject, name or forget');
}

function addAncestor(cli: Argv<GlobalArgs>, signal: AbortSignal): void {
  cli
    .command(
      `${ANCESTOR_COMMANDS.generatesecret} <file>`,
      false,
      ...lazy(signal, async () => await import('./commands/ancestor-generate.ts')),
    )
    .command(
      `${ANCESTOR_COMMANDS.backupsecret} <file>`,
      false,
      ...lazy(signal, async () => await import('./commands/ancestor-backup.ts')),
    )
    .command(
      `${ANCESTOR_COMMANDS.restoresecret} <file>`,
      false,
      ...lazy(signal, async () => await import('./commands/ancestor-restore.ts')),
    );
}
