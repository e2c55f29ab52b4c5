import { readFile } from 'node:fs/promises';
import type { Contributed, Run } from '@holdfast/core';
import type { Terminal } from '../prompt.ts';
import { printable } from '../to-terminal.ts';
import { unreadable, usageError } from '../usage.ts';
import { openClient, type ServiceArgs } from './connect-service.ts';
import { inOurWords } from './refusal.ts';

export interface SessionArgs extends ServiceArgs {
  readonly session: string;
  readonly invitationFile?: string | undefined;
  readonly yes: boolean;
}

interface Session {
  readonly backup: string;
  readonly secret: string | null;
  readonly recipient: string;
  readonly who: string;
  readonly purpose:
    | { readonly kind: 'restore'; readonly target: string }
    | { readonly kind: 'relay'; readonly recipient: string };
}

/**
 * Sends a custodian's share to the session of a service, once they have seen what it is for. It is sealed together with
 * that: it serves for nothing else.
 */
export async function contributeToSession(
  args: SessionArgs,
  share: {
    readonly from: string;
    readonly as: string;
    readonly envelope?: number | undefined;
    readonly token?: string | undefined;
    readonly requireSigned?: boolean | undefined;
  },
  { run, atTerminal }: { readonly run: Run; readonly atTerminal: () => Promise<Terminal | null> },
): Promise<Contributed> {
  const { contribute } = await import('@holdfast/core');
  await using open = await openClient(await withInvitation(args));
  const params = { id: args.session };
  try {
    const session = (await open.client.call('showQuorum', { params })) as unknown as Session;
    await assertWanted(session, args.yes, atTerminal);
    const { backup, purpose, recipient } = session;
    const bound =
      purpose.kind === 'restore'
        ? { session: args.session, backup, target: purpose.target }
        : undefined;
    const made = await contribute({ ...share, to: recipient, purpose: bound }, run);
    if (made.id !== backup) {
      throw await usageError('this backup is another than the one that the session is for');
    }
    const bytes = Buffer.from(made.contribution);
    const at = { ...params, custodian: share.as };
    await open.client.call('addShare', { params: at, bytes });
    return made;
  } catch (cause) {
    throw await inOurWords(cause);
  }
}

/** An invitation stands in for an access token. */
async function withInvitation(args: SessionArgs): Promise<ServiceArgs> {
  const { invitationFile, accessTokenFile } = args;
  if (invitationFile === undefined) return args;
  if (accessTokenFile !== undefined) {
    throw await usageError('give --invitation-file or --access-token-file, not both');
  }
  await readFile(invitationFile).catch(async (cause: unknown) => {
    throw await unreadable('the invitation', invitationFile, cause);
  });
  return { ...args, accessTokenFile: invitationFile };
}

async function assertWanted(
  { secret, purpose, who }: Session,
  yes: boolean,
  atTerminal: () => Promise<Terminal | null>,
): Promise<void> {
  const what = secret === null ? 'a secret whose name is not told' : printable(secret);
  const where =
    purpose.kind === 'restore'
      ? `to the target ${printable(purpose.target)} of the service`
      : `by whoever has the identity of ${purpose.recipient}`;
  const words = `${printable(who)} asks for a restore of ${what} ${where}.`;
  const person = yes ? null : await atTerminal();
  if (person === null) {
    if (yes) return;
    throw await usageError(
      words,
      'Give your share for this with --yes, where nobody can be asked.',
    );
  }
  person.say(words);
  const answer = (await person.line('Give your share for this? (yes or no)')).trim();
  if (answer.toLowerCase() !== 'yes') throw await usageError('nothing was sent');
}
