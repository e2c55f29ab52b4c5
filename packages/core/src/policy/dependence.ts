import type { EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import type { Loss } from './loss.ts';

/** Where one copy lies. */
export type CopyAt =
  | {
      readonly kind: 'medium';
      readonly id: string;
      /** As a person calls it. */
      readonly name: string;
      readonly location: string | null;
    }
  | { readonly kind: 'folder'; readonly host: string; readonly path: string };

/** A backup, as far as it matters what it takes to restore it. */
export interface Backup {
  readonly envelopes: readonly EnvelopeFacts[];
  /** `null`: as many as it takes, wherever that is; only its envelopes count. */
  readonly copies: readonly CopyAt[] | null;
  /** Names of custodians say nothing beyond their envelope. */
  readonly discreet: boolean;
}

/** Several of which one is enough: the envelopes, or the copies. */
export interface Choice {
  readonly items: number;
  readonly groups: readonly Group[];
  /** Which shares of which groups something takes with it. */
  readonly hits: ReadonlyMap<string, readonly Hit[]>;
}

/** An item is gone when it lost more shares of any of its groups than it can spare. */
interface Group {
  readonly item: number;
  readonly spare: number;
}

interface Hit {
  readonly group: number;
  readonly share: number;
}

/** What may be lost at once, by the keys of what goes with it. */
export interface Candidate {
  readonly loss: Loss;
  readonly keys: ReadonlySet<string>;
  /** Nobody says which one it is: it may be the same as any other of its kind. */
  readonly unnamed: boolean;
}

export interface Dependence {
  readonly envelopes: Choice;
  readonly copies: Choice | null;
  readonly candidates: readonly Candidate[];
}

/** Finds out what a backup depends on. Time and space grow with the number of factors, not with their choices. */
export function dependenceOf({ envelopes, copies, discreet }: Backup): Dependence {
  const candidates = new Map<string, WritableCandidate>();
  return {
    envelopes: choiceOfEnvelopes(envelopes, discreet, candidates),
    copies: copies === null ? null : choiceOfCopies(copies, candidates),
    candidates: [...candidates.values()],
  };
}

/** How many items of a choice are left when all of these keys are gone. */
export function itemsLeft({ items, groups, hits }: Choice, keys: Iterable<string>): number {
  const lost = new Map<number, Set<number>>();
  for (const key of keys) {
    for (const { group, share } of hits.get(key) ?? []) {
      const shares = lost.get(group) ?? new Set();
      lost.set(group, shares.add(share));
    }
  }
  const gone = new Set<number>();
  for (const { item, spare } of groups) if (spare < 0) gone.add(item);
  for (const [place, shares] of lost) {
    const group = groups[place];
    if (group !== undefined && shares.size > group.spare) gone.add(group.item);
  }
  return items - gone.size;
}

interface WritableCandidate extends Candidate {
  readonly keys: Set<string>;
}

type Candidates = Map<string, WritableCandidate>;

function choiceOfEnvelopes(
  envelopes: readonly EnvelopeFacts[],
  discreet: boolean,
  candidates: Candidates,
): Choice {
  const { groups, hits, hit } = openings();
  for (const [item, { index, factors }] of envelopes.entries()) {
    // All plain factors are one group that can spare none of them.
    const plain = groups.push({ item, spare: 0 }) - 1;
    for (const [share, factor] of factors.entries()) {
      if (factor.kind !== 'quorum') {
        const key = candidateFor(
          factor,
          { holder: `envelope ${String(index)}`, index },
          candidates,
        );
        hit(key, { group: plain, share });
        continue;
      }
      const { custodians, threshold } = factor;
      const group = groups.push({ item, spare: custodians.length - threshold }) - 1;
      for (const [own, custodian] of custodians.entries()) {
        const within = discreet ? index : null;
        const keys = keysOfCustodian(custodian, within, candidates);
        for (const key of keys) hit(key, { group, share: own });
      }
    }
  }
  return { items: envelopes.length, groups, hits };
}

/** Without any of these a custodian cannot open a share: the person, and what they hold besides a password. */
function keysOfCustodian(
  { name, factors }: { readonly name: string; readonly factors: readonly FactorFacts[] },
  envelope: number | null,
  candidates: Candidates,
): ReadonlySet<string> {
  const key = JSON.stringify(['custodian', envelope, name]);
  const person = candidate(key, { kind: 'custodian', name, envelope }, candidates);
  const own = new Set([key]);
  const of = envelope === null ? '' : ` of envelope ${String(envelope)}`;
  for (const factor of factors) {
    // A password is lost with whoever knows it; a quorum inside a quorum there is none.
    if (factor.kind === 'password' || factor.kind === 'quorum') continue;
    const place = { holder: `the custodian ${name}${of}`, index: envelope ?? 0 };
    const held = candidateFor(factor, place, candidates);
    own.add(held);
    person.keys.add(held);
  }
  return own;
}

function candidateFor(
  factor: Exclude<FactorFacts, { kind: 'quorum' }>,
  { holder, index }: { readonly holder: string; readonly index: number },
  candidates: Candidates,
): string {
  switch (factor.kind) {
    case 'password': {
      const key = JSON.stringify(['password', index]);
      candidate(key, { kind: 'password', envelope: index }, candidates);
      return key;
    }
    case 'recipient': {
      const { recipient } = factor;
      const key = JSON.stringify(['recipient', recipient, recipient === null ? holder : '']);
      const loss: Loss = { kind: 'recipient', recipient, holder };
      candidate(key, loss, candidates, recipient === null);
      return key;
    }
    case 'token': {
      const { label, serial } = factor;
      // A token is told by its serial number: one card can show several labels.
      const which =
        serial === null ? ['?', label ?? holder] : serial === '' ? ['label', label] : [serial];
      const key = JSON.stringify(['token', ...which]);
      candidate(key, { kind: 'token', label, serial, holder }, candidates, serial === null);
      return key;
    }
  }
}

function choiceOfCopies(copies: readonly CopyAt[], candidates: Candidates): Choice {
  const { groups, hits, hit } = openings();
  for (const [item, copy] of copies.entries()) {
    const group = groups.push({ item, spare: 0 }) - 1;
    if (copy.kind === 'medium') {
      const { id, name, location } = copy;
      const key = JSON.stringify(['medium', id]);
      candidate(key, { kind: 'medium', id, name }, candidates);
      hit(key, { group, share: 0 });
      if (location === null) continue;
      const around = JSON.stringify(['location', location]);
      candidate(around, { kind: 'location', location }, candidates).keys.add(key);
    } else {
      const { host, path } = copy;
      const key = JSON.stringify(['folder', host, path]);
      candidate(key, { kind: 'folder', host, path }, candidates);
      hit(key, { group, share: 0 });
      const around = JSON.stringify(['machine', host]);
      candidate(around, { kind: 'machine', host }, candidates).keys.add(key);
    }
  }
  return { items: copies.length, groups, hits };
}

function openings(): {
  readonly groups: Group[];
  readonly hits: Map<string, Hit[]>;
  hit: (key: string, hit: Hit) => void;
} {
  const hits = new Map<string, Hit[]>();
  return {
    groups: [],
    hits,
    hit(key, hit) {
      const all = hits.get(key);
      if (all === undefined) hits.set(key, [hit]);
      else all.push(hit);
    },
  };
}

function candidate(
  key: string,
  loss: Loss,
  candidates: Candidates,
  unnamed = false,
): WritableCandidate {
  const there = candidates.get(key) ?? { loss, keys: new Set([key]), unnamed };
  candidates.set(key, there);
  return there;
}
