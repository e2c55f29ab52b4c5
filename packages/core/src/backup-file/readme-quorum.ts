import { COMBINER_PATH, envelopePath } from './layout.ts';
import { quorumOf, type ManifestToken, type PlainFactor } from './manifest.ts';
import {
  need,
  outputOf,
  type CustodianToOpen,
  type EnvelopeToOpen,
  type PayloadName,
  type QuorumToOpen,
} from './readme-way.ts';

/** README.txt has a limit: beyond this many bytes, custodians are told in one for all what to do. */
const EACH_LIMIT = 12 * 1024;

/** How README.txt tells what quorums open. */
export interface QuorumWays {
  /** By the index of the envelope. */
  readonly ways: ReadonlyMap<number, string>;
  /** What holds for the shares of all of them, when each cannot be told by itself. */
  readonly shares: string;
}

/** How custodians open their shares and put them together with the plain commands, for README.txt. */
export function quorumWays(envelopes: readonly EnvelopeToOpen[], payload: PayloadName): QuorumWays {
  const quorums = envelopes.flatMap((envelope) => {
    const quorum = quorumOf(envelope);
    return quorum === null ? [] : [{ index: envelope.index, quorum }];
  });
  const each = quorums.map(({ index, quorum }) => eachShare(index, quorum));
  if (each.join('').length <= EACH_LIMIT) {
    const ways = quorums.map(({ index, quorum }, place): [number, string] => [
      index,
      `${beginning(index, quorum)}Each of them opens one share, here or elsewhere:\n\n${each[place] ?? ''}${ending(index, quorum, payload)}`,
    ]);
    return { ways: new Map(ways), shares: '' };
  }
  const ways = quorums.map(({ index, quorum }): [number, string] => [
    index,
    `${beginning(index, quorum)}How each of them opens a share stands below, under SHARES.\n\n${ending(index, quorum, payload)}`,
  ]);
  return { ways: new Map(ways), shares: anyShare(quorums.map(({ quorum }) => quorum)) };
}

function beginning(index: number, { threshold, custodians }: QuorumToOpen): string {
  return `Envelope ${String(index)}: with the shares of any ${String(threshold)} of ${String(custodians.length)} custodians. ${COMBINER_PATH}
puts them together; it needs Python 3, and nothing else.
`;
}

function ending(index: number, { threshold }: QuorumToOpen, payload: PayloadName): string {
  const shares = `${String(index)}-*.share`;
  return `With the files of any ${String(threshold)} of them in this folder:

    python3 ${COMBINER_PATH} ${shares} > identity.txt
    age -d -i identity.txt secret.age ${outputOf(payload)}
    rm identity.txt ${shares}
`;
}

function eachShare(index: number, { custodians }: QuorumToOpen): string {
  return custodians.map((custodian) => shareWay(String(index), custodian)).join('\n') + '\n';
}

/** The same with N and NAME in the place of the one envelope and the one custodian, a way for each kind of share. */
function anyShare(quorums: readonly QuorumToOpen[]): string {
  const custodians = quorums.flatMap((quorum) => quorum.custodians);
  const kinds = new Map(
    custodians.map(({ factors }) => [
      factors.map(({ kind }) => kind).join(' + '),
      factors.map(unnamed),
    ]),
  );
  const ways = [...kinds.values()].map((factors) => shareWay('N', { name: 'NAME', factors }));
  return `
SHARES

N is the number of the envelope, and NAME the custodian's name: the shares are the
files in envelopes/N. What each takes stands in backup.json, at "name": "NAME".

${ways.join('\n')}`;
}

/** What opens a share of this kind, without saying whose. */
function unnamed(factor: PlainFactor): PlainFactor {
  switch (factor.kind) {
    case 'password':
      return factor;
    case 'recipient':
      return { kind: 'recipient', recipient: null };
    case 'token':
      // Its line is looked up under the name, where there is one.
      return { kind: 'token', token: null, identity: factor.identity === null ? null : '' };
  }
}

function shareWay(index: string, { name, factors }: CustodianToOpen): string {
  const path = envelopePath(index, name);
  const keys = factors.filter((factor) => factor.kind !== 'password');
  const needs = keys.map(need);
  const hasPassword = keys.length < factors.length;
  if (hasPassword) needs.push('the password of this custodian; age asks for it.');
  const steps = keys.map((factor, place) =>
    [`age -d -i ${identityFile(factor, index, name)}`, ...(place === 0 ? [path] : [])].join(' '),
  );
  if (hasPassword) steps.push(keys.length === 0 ? `age -d ${path}` : 'age -d');
  const commands = [
    ...keys.flatMap((factor) =>
      factor.kind === 'token' ? [identityCommand(factor, index, name)] : [],
    ),
    `${steps.join(' | ')} > ${index}-${name}.share`,
  ];
  return `${name}: with ${needs.join('\nAND ')}

${commands.map((command) => `    ${command}\n`).join('')}`;
}

function identityFile({ kind }: PlainFactor, index: string, name: string): string {
  return kind === 'token' ? `token-${index}-${name}.txt` : `${name}-identity.txt`;
}

function identityCommand({ identity }: ManifestToken, index: string, name: string): string {
  const file = `token-${index}-${name}.txt`;
  if (identity === null) return `holdfast token identity KEY > ${file}`;
  if (identity !== '') return `echo ${identity} > ${file}`;
  const line = `s/.*"identity": "\\(AGE-PLUGIN[0-9A-Z-]*\\)".*/\\1/p`;
  return `sed -n '/"name": "${name}"/,/"commitment"/${line}' backup.json > ${file}`;
}
