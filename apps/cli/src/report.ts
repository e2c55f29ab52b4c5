import type {
  BackupReport,
  EnvelopeChangeReport,
  EnvelopeSummary,
  Inspection,
  RestoreReport,
  SignatureStatus,
  Signer,
  Verification,
  Waiver,
} from '@holdfast/core';
import type { Output } from './output.ts';
import { sizeText, timeText } from './size.ts';
import { printable } from './to-terminal.ts';

export type Row = readonly [label: string, value: string | null | undefined];

/** Two columns; a row without a value is left out, one without a label continues the row above. */
export function columns(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.flatMap(([label, value]) =>
    value === null || value === undefined ? [] : [`  ${label.padEnd(width)}  ${value}`],
  );
}

/** Columns as wide as what is in them. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, place) => Math.max(cell.length, all[place] ?? 0)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export function backupLines(report: BackupReport, { paint }: Output): string[] {
  const { secret, path, payloadSize, size, seconds, fromMedium } = report;
  const how = fromMedium ? 'read back from there' : 'read back out of the system’s memory';
  return [
    `${paint('green', 'backed up')} ${secret ?? 'the secret'} to ${path}`,
    ...columns([
      ['size', `${sizeText(payloadSize)}, ${sizeText(size)} as a backup`],
      ['checked', `${how}, and whole, after ${timeText(seconds)}`],
      ...sealedRows(report),
    ]),
  ];
}

/** Who can open it, and who vouches for it. */
export function sealedRows(
  report: Pick<BackupReport, 'envelopes' | 'waivers' | 'warnings' | 'signer'>,
): Row[] {
  const { envelopes, waivers, warnings, signer } = report;
  return [
    ...opensWith(envelopes),
    ...waiverRows(waivers),
    ...warningRows(warnings),
    ['signed by', signer.fingerprint],
  ];
}

export function restoreLines(report: RestoreReport, { paint }: Output): string[] {
  const { secret, where, kept, size, signature, envelope, custodians } = report;
  const shares = custodians.length === 0 ? '' : `, by the shares of ${custodians.join(' and ')}`;
  return [
    `${paint('green', 'restored')} ${secret ?? 'the secret'} to ${where}`,
    ...columns([
      ['size', sizeText(size)],
      ['opened', `envelope ${String(envelope)}${shares}`],
      ['kept', kept === null ? null : `what was there before, as ${kept}`],
      ...signatureRows(signature),
    ]),
  ];
}

export function inspectionLines(inspection: Inspection): string[] {
  const {
    secret,
    path,
    id,
    generation,
    created,
    host,
    holdfast,
    hint,
    kind,
    payload,
    size,
    signature,
  } = inspection;
  return [
    path,
    ...columns([
      ['secret', secret ?? 'not told (discreet)'],
      ['created', created],
      ['host', host],
      ['holdfast', holdfast],
      ['backup', `${id}, generation ${String(generation)}`],
      [
        'holds',
        `${kind === 'tar' ? 'several files' : 'one file'}, ${sizeText(payload.size)} encrypted`,
      ],
      ['size', sizeText(size)],
      ['hint', hint],
      ...opensWith(inspection.envelopes),
      ...waiverRows(inspection.waivers),
      ...signatureRows(signature),
      ...(signature.status === 'trusted' ? wordRows(signature.signer.words) : []),
    ]),
  ];
}

export function verificationLines(found: Verification, { paint }: Output): string[] {
  const all = found.checked === 'everything';
  const verdict = all
    ? 'everything was checked: it opens, and what is inside is whole'
    : 'every byte is as it was written; it was not opened (give a password, or --full)';
  return [
    `${paint('green', 'verified')} ${found.path}`,
    ...columns([
      ['checked', verdict],
      ['opened', all ? `envelope ${found.opened.join(', ')}` : null],
      [
        'unopened',
        all && found.notOpened.length > 0
          ? `envelope ${found.notOpened.join(', ')}: nothing given opens it`
          : null,
      ],
      ...found.failures.map(({ envelope, message }): Row => [
        'failed',
        `envelope ${String(envelope)}: ${printable(message)}`,
      ]),
      ['secret', found.secret],
      ['created', found.created],
      ...signatureRows(found.signature),
    ]),
  ];
}

export function envelopeLines(envelopes: readonly EnvelopeSummary[]): string[] {
  return columns(envelopes.map(({ index, expression }) => [String(index), expression]));
}

export function changeLines(report: EnvelopeChangeReport, { paint }: Output): string[] {
  const { path, generation, envelopes, kept, waivers, warnings, signer } = report;
  return [
    `${paint('green', 'changed')} the envelopes of ${path}`,
    ...columns([
      ['generation', String(generation)],
      ...opensWith(envelopes),
      ...waiverRows(waivers),
      ...warningRows(warnings),
      ['unopened', kept.length === 0 ? null : `kept as it was: envelope ${kept.join(', ')}`],
      ['signed by', signer.fingerprint],
    ]),
    'Other copies of this backup still open as before.',
  ];
}

/** Any one of the envelopes opens it. */
function opensWith(envelopes: readonly EnvelopeSummary[]): Row[] {
  return envelopes.map(({ index, expression }, place) => [
    place === 0 ? 'opens with' : '',
    `${place === 0 ? '' : 'or '}${expression}  (envelope ${String(index)})`,
  ]);
}

function waiverRows(waivers: readonly Waiver[]): Row[] {
  return waivers.length === 0
    ? []
    : [['waived', 'with the loss of one token or custodian, nobody can open it any more']];
}

/** What whoever answers for it should know. */
export function warningRows(warnings: readonly string[]): Row[] {
  return warnings.map((warning, place) => [place === 0 ? 'mind' : '', printable(warning)]);
}

/** The fingerprint, and the same in words, to be read aloud and compared. */
export function signerRows(label: string, { fingerprint, words }: Signer): Row[] {
  return [[label, fingerprint], ...wordRows(words)];
}

function signatureRows(signature: SignatureStatus): Row[] {
  switch (signature.status) {
    case 'unsigned':
      return [['signature', 'none: anyone may have made this file']];
    case 'unknown-signer':
      return [
        ['signature', 'valid, by an unknown signer: compare it with its owner'],
        ...signerRows('signed by', signature.signer),
      ];
    case 'trusted':
      return [
        ['signature', `trusted, by ${signature.principal}`],
        ['signed by', signature.signer.fingerprint],
      ];
  }
}

/** Six words a line can be read aloud without losing the place. */
function wordRows(words: readonly string[]): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < words.length; start += 6) {
    rows.push(['', words.slice(start, start + 6).join(' ')]);
  }
  return rows;
}
