import { codeMark, joinCommands, type SheetCodes } from './codes.ts';
import {
  commands,
  words,
  type SheetBlock,
  type SheetDocument,
  type SheetSection,
  type SheetTable,
} from './document.ts';
import type { SheetCustodian, SheetFacts } from './facts.ts';
import { factorsInWords, opensWith } from './opens-with.ts';
import { withHoldfast } from './with-holdfast.ts';
import { withoutHoldfast } from './without-holdfast.ts';

/** Rows to be filled in by hand. */
const BLANK_ROWS = 3;

/** The words of the whole sheet. */
export function sheetDocument(facts: SheetFacts): SheetDocument {
  const { id, generation, printed, secret, codes } = facts;
  // What the backup is called in every command, whatever its file is called: no secret has this name.
  const backup = `holdfast-${id.slice(0, 8)}.tar`;
  return {
    title: secret ?? 'a secret that the backup does not name',
    foot: `backup ${id.slice(0, 8)}, generation ${String(generation)}, printed ${printed}`,
    lead: 'How to get this secret back, with Holdfast or without it. The secret itself, passwords and PINs do not stand here.',
    notices: notices(facts),
    sections: [
      { title: 'What it is', begins: 'here', blocks: whatItIs(facts) },
      { title: 'Where the copies lie', begins: 'here', blocks: [copiesTable(facts)] },
      { title: 'Who can help to open it', begins: 'here', blocks: [custodiansTable(facts)] },
      { title: 'Restore with Holdfast', begins: 'page', blocks: withHoldfast(facts, backup) },
      { title: 'Restore without Holdfast', begins: 'here', blocks: withoutHoldfast(facts, backup) },
      { title: 'Afterwards', begins: 'here', blocks: afterwards() },
      { title: 'Put away by', begins: 'tear-off', blocks: [signatures(facts)] },
      ...(codes === null ? [] : [paperCopy(codes, id, backup)]),
    ],
  };
}

function notices({ codes, waivers, signature }: SheetFacts): string[] {
  return [
    ...(codes === null
      ? []
      : [
          'This sheet holds a copy of the backup, as QR codes. Whoever has the sheet has that copy. It is sealed, and opens only with what is listed under "Opens with"; keep it as you would keep a stick with the backup.',
        ]),
    ...(waivers.includes('single-point-of-failure')
      ? [
          'There is no way around the token: when it is lost or broken, nobody can open this backup any more.',
        ]
      : []),
    ...(signature.status === 'unsigned'
      ? ['Nobody signed this backup: nothing shows who made it.']
      : []),
    ...(signature.status === 'unknown-signer'
      ? [
          'Where this sheet was printed, the signer of the backup was not known. Compare the fingerprint with the machine that made it, and note here that you did.',
        ]
      : []),
  ];
}

function whatItIs(facts: SheetFacts): SheetBlock[] {
  const { file, id, generation, created, host, kind, size, hint, holdfast, signature } = facts;
  const rows: [label: string, value: string | null][] = [
    ['Backup', `${id}, generation ${String(generation)}`],
    ['Made', `${created}${host === null ? '' : `, on ${host}`}`],
    ['Made by', holdfast === null ? null : `Holdfast ${holdfast}`],
    ['File', `${file}, ${grouped(size)} bytes`],
    ['Holds', kind === 'tar' ? 'several files' : 'one file'],
    ...facts.envelopes.map((envelope, place): [string, string] => [
      place === 0 ? 'Opens with' : '',
      `${place === 0 ? '' : 'or '}${opensWith(envelope)}`,
    ]),
    ['Hint', hint],
    ['Signed by', signature.status === 'unsigned' ? null : signature.signer.fingerprint],
  ];
  return [
    {
      kind: 'facts',
      rows: rows.flatMap(([label, value]): [string, string][] =>
        value === null ? [] : [[label, value]],
      ),
    },
    ...(signature.status === 'unsigned'
      ? []
      : ([
          words('The fingerprint of the signer in words, to be read aloud and compared:'),
          { kind: 'signer', words: signature.signer.words },
        ] as const)),
  ];
}

function copiesTable({ copies }: SheetFacts): SheetTable {
  if (copies.length === 0) {
    return table(['Copy', 'Where it lies', 'Who has access'], [2, 3, 3], blankRows(BLANK_ROWS, 3));
  }
  return table(
    ['Copy', 'Where it lies', 'Last verified', 'Who has access'],
    [3, 3, 2, 3],
    [
      ...copies.map(({ where, location, lastVerified }) => [
        where,
        location ?? '',
        lastVerified?.slice(0, 10) ?? 'never',
        '',
      ]),
      ...blankRows(1, 4),
    ],
  );
}

function custodiansTable(facts: SheetFacts): SheetTable {
  const rows = allCustodians(facts).map(({ name, factors, contact }) => [
    name,
    factors ?? '',
    contact ?? '',
  ]);
  const blank = blankRows(rows.length === 0 ? BLANK_ROWS : 1, 3);
  return table(
    ['Name', 'What they open it with', 'How to reach them'],
    [2, 3, 3],
    [...rows, ...blank],
  );
}

/** Those of the backup itself, with the contacts that are known, and then whoever else can help. */
function allCustodians({ envelopes, custodians }: SheetFacts): readonly SheetCustodian[] {
  const named = envelopes
    .flatMap(({ factors }) => factors)
    .flatMap((factor) => (factor.kind === 'quorum' ? factor.custodians : []));
  const rows = new Map<string, SheetCustodian>();
  for (const { name, factors } of named) {
    rows.set(name, { name, factors: factorsInWords(factors), contact: null });
  }
  for (const each of custodians) {
    const { name, contact } = each;
    rows.set(name, { ...(rows.get(name) ?? each), contact });
  }
  return [...rows.values()];
}

function afterwards(): SheetBlock[] {
  return [
    words(
      'Try what you restored before you rely on it: start what needs it, or read one thing that was encrypted with it. Delete it wherever it is not needed.',
    ),
    words(
      'If the secret, a password or a token was in wrong hands, or may have been: make a new secret. A new password does not help, because a copy that somebody took still opens with the old one.',
    ),
    words(
      'After every change make a new backup, print a new sheet, and destroy this one with the last copy of its generation.',
    ),
  ];
}

function paperCopy({ texts, sha256, size }: SheetCodes, id: string, backup: string): SheetSection {
  const hold =
    texts.length === 1 ? 'This QR code holds' : `These ${String(texts.length)} QR codes hold`;
  const last = String(texts.length).padStart(2, '0');
  return {
    title: 'The backup itself',
    begins: 'page',
    blocks: [
      words(
        `${hold} the whole backup, packed by gzip and written in base32. Scan the pages with codes at 300 dots an inch, as page-1.png and so on, and let zbarimg (Debian package zbar-tools) read them:`,
      ),
      commands('zbarimg --raw -q -Sdisable -Sqrcode.enable page-*.png > codes.txt'),
      words(
        `Or read them with a phone, in any order, and save each as a line of codes.txt; the first begins with "${codeMark(id)}01/${last}". Then put them together; parts.txt gets a line for each code:`,
      ),
      commands(...joinCommands(id, backup), `sha256sum ${backup}`),
      words(
        `The sum must be ${sha256}. Then this is the backup, of ${grouped(size)} bytes: go on as with any other copy.`,
      ),
      { kind: 'codes', texts },
    ],
  };
}

function signatures({ copies }: SheetFacts): SheetTable {
  const rows = Math.max(BLANK_ROWS, Math.min(copies.length, 6));
  return table(['Where', 'Name', 'Date', 'Signature'], [3, 3, 2, 3], blankRows(rows, 4));
}

function table(
  head: readonly string[],
  shares: readonly number[],
  rows: readonly (readonly string[])[],
): SheetTable {
  return { kind: 'table', head, shares, rows };
}

function blankRows(count: number, columns: number): string[][] {
  return Array.from({ length: count }, () => Array.from({ length: columns }, () => ''));
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
