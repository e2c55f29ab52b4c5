import { factsOf, pathOf, warningsOf, type PathFacts, type Warning } from './facts.ts';
import { coverageOf, type KnownSecret } from './known.ts';
import type { LuksVolume } from './luks.ts';
import { matchesOf, type Match } from './matches.ts';
import { luksHeaderCommand, offerOf, type Offer, type Wanted } from './offer.ts';
import type { Preset, Where } from './preset.ts';
import type { Blind, Rooted } from './rooted.ts';

/** A secret that was found, or the software that has one. */
export interface Find extends Pick<
  Preset,
  'id' | 'system' | 'secret' | 'is' | 'loss' | 'note' | 'source'
> {
  readonly paths: readonly PathFacts[];
  readonly warnings: readonly Warning[];
  /** When all of it was backed up last, as in `Date.toISOString()`; `null`: never, as far as is known. */
  readonly backedUp: string | null;
  readonly backup: Offer;
}

/** What finding one preset needs. */
export interface Search {
  readonly tree: Rooted;
  /** Home folders, as patterns. */
  readonly homes: readonly string[];
  readonly known: readonly KnownSecret[];
  blind(this: void, it: Blind): void;
  nameFor(this: void, id: string, open: readonly string[]): string;
  luks(this: void): Promise<readonly LuksVolume[]>;
}

/** Several paths that make one secret. */
interface Group {
  readonly open: readonly string[];
  readonly secret: readonly Match[];
  readonly others: readonly Match[];
  readonly wanted: Wanted;
}

/** Every place where the secret of a preset is. */
export async function findsOf(preset: Preset, search: Search): Promise<readonly Find[]> {
  if (preset.where.kind === 'luks') return await luksFinds(preset, search);
  const groups = await groupsOf(preset.where, search);
  const finds: Find[] = [];
  const seen = new Set<string>();
  for (const { open, secret, others, wanted } of groups) {
    // Two ways to the same files, as by a link, are one find.
    const same = [...secret, ...others].map((it) => it.seen.inside).join('\0');
    if (seen.has(same)) continue;
    seen.add(same);
    const warnings: Warning[] = [];
    // What only shows that the software is here is not the secret, and may be read by everyone.
    const lies = wanted.kind === 'paths' ? secret : [];
    for (const match of lies) warnings.push(...(await warningsOf(match, search.tree)));
    const paths = [
      ...secret.map((match) => factsOf(match, search.tree, wanted.kind === 'paths')),
      ...others.map((match) => factsOf(match, search.tree, false)),
    ];
    finds.push(findOf(preset, { paths, warnings, wanted, open }, search));
  }
  return finds;
}

function findOf(
  preset: Preset,
  it: Pick<Find, 'paths' | 'warnings'> & Pick<Group, 'wanted' | 'open'>,
  { known, nameFor }: Search,
): Find {
  const { where: _, ...facts } = preset;
  const name = nameFor(preset.id, it.open);
  const { backedUp, missing } = coverageOf(it.wanted, name, known);
  const partly = missing.map((path): Warning => ({
    kind: 'partly',
    path,
    words: 'is not backed up, although the rest is',
  }));
  return {
    ...facts,
    paths: it.paths,
    warnings: [...it.warnings, ...partly],
    backedUp,
    backup: offerOf(it.wanted, name),
  };
}

async function groupsOf(
  where: Exclude<Where, { kind: 'luks' }>,
  search: Search,
): Promise<readonly Group[]> {
  const { tree } = search;
  const paths = (matches: readonly Match[]): Wanted => ({
    kind: 'paths',
    paths: matches.map((match) => pathOf(match, tree)),
  });
  switch (where.kind) {
    case 'file': {
      const matches = await allOf(where.at, search);
      return matches
        .filter(({ seen }) => !seen.status.isDirectory())
        .map((match) => ({
          open: match.open,
          secret: [match],
          others: [],
          wanted: paths([match]),
        }));
    }
    case 'files':
    case 'folder': {
      const groups: Group[] = [];
      const folders = await allOf(where.kind === 'files' ? where.in : where.at, search);
      for (const folder of folders) {
        if (!folder.seen.status.isDirectory()) continue;
        const secret = await filesBelow(folder, where.secret, search);
        if (secret.length === 0) continue;
        if (where.kind === 'folder') {
          groups.push({ open: folder.open, secret, others: [folder], wanted: paths([folder]) });
          continue;
        }
        if (
          where.sign !== undefined &&
          (await filesBelow(folder, [where.sign], search)).length === 0
        )
          continue;
        const others = await filesBelow(folder, where.with ?? [], search);
        groups.push({ open: folder.open, secret, others, wanted: paths([...secret, ...others]) });
      }
      return groups;
    }
    case 'command':
    case 'people': {
      const [first] = await allOf(where.at, search);
      if (first === undefined) return [];
      const wanted: Wanted =
        where.kind === 'command' ? { kind: 'command', run: where.run } : { kind: 'people' };
      return [{ open: [], secret: [first], others: [], wanted }];
    }
  }
}

/** Everything that is there of what the patterns fit, each once. */
async function allOf(patterns: readonly string[], search: Search): Promise<readonly Match[]> {
  const found = new Map<string, Match>();
  const inHomes = patterns.flatMap((pattern) =>
    pattern.startsWith('~/')
      ? search.homes.map((home) => `${home.replace(/\/+$/, '')}${pattern.slice(1)}`)
      : [pattern],
  );
  for (const pattern of inHomes) {
    for (const match of await matchesOf(pattern, search.tree, search.blind)) {
      if (!found.has(match.path)) found.set(match.path, match);
    }
  }
  return [...found.values()];
}

async function filesBelow(
  folder: Match,
  names: readonly string[],
  { tree, blind }: Search,
): Promise<readonly Match[]> {
  const found = new Map<string, Match>();
  for (const name of names) {
    for (const match of await matchesOf(name, tree, blind, folder.path)) {
      if (!match.seen.status.isDirectory()) found.set(match.path, match);
    }
  }
  return [...found.values()];
}

/** One for each volume; what is backed up is its header, by a command. */
async function luksFinds(preset: Preset, search: Search): Promise<readonly Find[]> {
  const finds: Find[] = [];
  for (const { node } of await search.luks()) {
    const match = (await matchesOf(node, search.tree, search.blind))[0];
    const wanted: Wanted = { kind: 'command', run: luksHeaderCommand(node) };
    const paths = match === undefined ? [] : [factsOf(match, search.tree, false)];
    const open = [node.replace(/^\/dev\/(?:mapper\/)?/, '')];
    finds.push(findOf(preset, { paths, warnings: [], wanted, open }, search));
  }
  return finds;
}
