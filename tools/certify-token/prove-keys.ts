import { HoldfastError, Secret } from '@holdfast/age';
import type { KeyProof, KeyReport, PresentKey } from '@holdfast/token';
import type { ContractSubject } from '@holdfast/token/testing';

import type { Table } from '../bench/table.ts';

const LEAST = 3;
const ENOUGH_MILLISECONDS = 2000;

/** What each key does and how fast, and each way that was tried. */
export async function keyTables(subject: ContractSubject): Promise<Table[]> {
  const keys: string[][] = [];
  const ways: string[][] = [];
  for (const key of subject.report.keys) {
    const proof = await proveKey(subject, key);
    keys.push([key.label, key.id, describe(key), proof.stanza, proof.speed, proof.notes]);
    for (const { way, works } of proof.ways) ways.push([key.label, way, works ? 'works' : 'no']);
  }
  return [
    {
      title: 'Keys',
      note: 'Openings a second, one after another.',
      columns: ['key', 'id', 'kind', 'stanza', 'per second', 'notes'],
      rows: keys,
    },
    {
      title: 'Ways',
      note: 'One way that works is enough.',
      columns: ['key', 'way', 'result'],
      rows: ways,
    },
  ];
}

interface Proof {
  readonly stanza: string;
  readonly speed: string;
  readonly notes: string;
  readonly ways: KeyProof['tried'];
}

async function proveKey(subject: ContractSubject, key: KeyReport): Promise<Proof> {
  const none = { stanza: '', speed: '', ways: [] };
  if (key.unusable !== null) return { ...none, notes: `cannot serve: ${key.unusable}` };
  try {
    await using tokens = subject.openTokens();
    const { stanza, tried, alwaysAuthenticate, warnings } = await tokens.test(key.uri);
    const notes = alwaysAuthenticate ? ['asks for the PIN at every use', ...warnings] : warnings;
    const speed = (await operationsPerSecond(await tokens.find(key.uri))).toFixed(1);
    return { stanza, speed, notes: notes.join('; '), ways: tried };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { ...none, notes: `${String(error.code)}: ${error.message}` };
  }
}

function describe({ algorithm, bits }: KeyReport): string {
  return algorithm === null ? 'other' : `${algorithm}${bits === null ? '' : ` ${bits}`}`;
}

async function operationsPerSecond({ recipient, identity }: PresentKey): Promise<number> {
  using fileKey = Secret.random(16);
  const stanzas = await recipient.wrapFileKey(fileKey.bytes);
  // The login and the looking up come before what is measured.
  using first = await identity.unwrapFileKey(stanzas);
  if (first === null) return 0;
  const begun = performance.now();
  for (let done = 1; ; done++) {
    using opened = await identity.unwrapFileKey(stanzas);
    if (opened === null) return 0;
    const spent = performance.now() - begun;
    if (done >= LEAST && spent >= ENOUGH_MILLISECONDS) return (1000 * done) / spent;
  }
}
