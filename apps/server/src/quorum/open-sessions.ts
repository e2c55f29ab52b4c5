import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { coreError, generateIdentity, type X25519Identity } from '@holdfast/core';
import { armoredContribution } from '@holdfast/core/service';
import { serverError } from '../errors.ts';
import type { Actor } from '../auth/principal.ts';
import type { Purpose, QuorumSession, QuorumSessions } from './ports.ts';

/** How many can be open at once. */
const MOST_SESSIONS = 100;
/** How long one is shown after its end. In milliseconds. */
const SHOWN_AFTER = 3_600_000;

interface Kept {
  session: QuorumSession;
  /** `null` where shares are sealed to somebody else, and after its end. */
  identity: X25519Identity | null;
  readonly invitation: Buffer;
  readonly sealed: Map<string, Uint8Array>;
  readonly timer: NodeJS.Timeout;
}

/** `onEnd` is told who ended a session; `null`: its time was over, or the service ends. */
export function openQuorumSessions(
  onEnd: (session: QuorumSession, by: Actor | null) => void,
): QuorumSessions {
  const kept = new Map<string, Kept>();

  function found(id: string): Kept {
    const session = kept.get(id);
    if (session !== undefined) return session;
    throw serverError('SESSION_NOT_FOUND', 'there is no session of that id on this server');
  }

  function open(id: string): Kept {
    const session = found(id);
    if (session.session.state === 'open') return session;
    throw serverError('SESSION_OVER', `this session is over: ${session.session.state}`);
  }

  function end(entry: Kept, state: QuorumSession['state'], by: Actor | null = null): void {
    if (entry.session.state !== 'open') return;
    entry.session = { ...entry.session, state };
    entry.identity = null;
    entry.invitation.fill(0);
    clearTimeout(entry.timer);
    for (const bytes of entry.sealed.values()) bytes.fill(0);
    entry.sealed.clear();
    setTimeout(() => kept.delete(entry.session.id), SHOWN_AFTER).unref();
    onEnd(entry.session, by);
  }

  return {
    begin({ backup, secret, purpose, quorums, by, within }) {
      const openOnes = [...kept.values()].filter(({ session }) => session.state === 'open');
      if (openOnes.length >= MOST_SESSIONS) {
        throw serverError('OVERLOADED', 'too many sessions are open');
      }
      const identity = purpose.kind === 'relay' ? null : generateIdentity();
      const invitation = randomBytes(32);
      const now = Date.now();
      const session: QuorumSession = {
        ...{ id: randomUUID(), backup, secret, purpose, who: by.name, quorums, shares: [] },
        state: 'open',
        recipient: recipientOf(purpose, identity),
        created: new Date(now).toISOString(),
        until: new Date(now + within * 1000).toISOString(),
      };
      const timer = setTimeout(() => {
        end(found(session.id), 'expired');
      }, within * 1000).unref();
      kept.set(session.id, { session, identity, invitation, sealed: new Map(), timer });
      return { ...session, invitation: `${PREFIX}${invitation.toString('base64url')}` };
    },
    list: () => [...kept.values()].map(({ session }) => session),
    find: (id) => found(id).session,
    invited(invitation) {
      const given = Buffer.from(invitation.slice(PREFIX.length), 'base64url');
      if (!invitation.startsWith(PREFIX) || given.length !== 32) return null;
      // All are compared, however early one fits.
      const fits = [...kept.values()].filter(
        ({ session, invitation: own }) => session.state === 'open' && timingSafeEqual(own, given),
      );
      return fits[0]?.session ?? null;
    },
    add(id, custodian, bytes) {
      const entry = open(id);
      const names = entry.session.quorums.flatMap(({ custodians }) => custodians);
      if (!names.some(({ name }) => name === custodian)) {
        throw coreError('CUSTODIAN_UNKNOWN', `no quorum of this backup names ${custodian}`);
      }
      const sealed = armoredContribution(bytes);
      entry.sealed.get(custodian)?.fill(0);
      entry.sealed.set(custodian, sealed);
      const others = entry.session.shares.filter((share) => share.custodian !== custodian);
      const shares = [...others, { custodian, at: new Date().toISOString() }];
      entry.session = { ...entry.session, shares };
      return entry.session;
    },
    sealed(id) {
      const { sealed } = open(id);
      return [...sealed].map(([custodian, bytes]) => ({ custodian, bytes }));
    },
    use(id, { backup, target }) {
      const entry = open(id);
      const { session, identity, sealed } = entry;
      const { purpose } = session;
      const isMeant =
        session.backup === backup && purpose.kind === 'restore' && purpose.target === target;
      if (!isMeant || identity === null) {
        throw serverError('FORBIDDEN', 'the custodians gave their shares for something else');
      }
      const contributions = [...sealed].map(([custodian, bytes]) => ({
        from: `the share of ${custodian}`,
        bytes: Uint8Array.from(bytes),
        purpose: { session: id, backup, target },
      }));
      return { contributions, identity, session };
    },
    end(id, state, by) {
      end(found(id), state, by);
    },
    [Symbol.dispose]: () => {
      for (const entry of kept.values()) end(entry, 'ended');
      kept.clear();
    },
  };
}

const PREFIX = 'hq_';

function recipientOf(purpose: Purpose, identity: X25519Identity | null): string {
  if (purpose.kind === 'relay') return purpose.recipient;
  if (identity === null) throw new TypeError('a session that opens shares has an identity');
  return String(identity.recipient());
}
