import { expect, test } from 'vitest';
import { renderReadme } from '../backup-file/readme.ts';
import { sheetDocument } from './contents.ts';
import type { SheetBlock, SheetTable } from './document.ts';
import type { SheetFacts } from './facts.ts';
import { sampleFacts } from './testing/sample-facts.ts';

const RECIPIENT = `age1${'q'.repeat(58)}`;

const blocks = (change: Partial<SheetFacts> = {}, title?: string): SheetBlock[] =>
  sheetDocument(sampleFacts(change))
    .sections.filter((section) => title === undefined || section.title === title)
    .flatMap((section) => section.blocks);

const commandsIn = (all: readonly SheetBlock[]): string[] =>
  all.flatMap((block) => (block.kind === 'commands' ? block.lines : []));

const wordsIn = (all: readonly SheetBlock[]): string =>
  all.map((block) => (block.kind === 'words' ? block.text : '')).join('\n');

const tableIn = (title: string, change: Partial<SheetFacts> = {}): SheetTable => {
  const [table] = blocks(change, title).filter((block) => block.kind === 'table');
  if (table === undefined) throw new Error(`there is no table under ${title}`);
  return table;
};

const facts = (change: Partial<SheetFacts> = {}): Map<string, string> => {
  const [first] = blocks(change, 'What it is').filter((block) => block.kind === 'facts');
  return new Map(first?.rows ?? []);
};

const password = { kind: 'password' } as const;
const recipient = { kind: 'recipient', recipient: RECIPIENT } as const;
const envelope = (index: number, ...factors: SheetFacts['envelopes'][number]['factors']) => ({
  index,
  factors,
  files: [],
});

test('it says what the backup is, with its public hint', () => {
  const told = facts();
  expect(told.get('Backup')).toBe('3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55, generation 2');
  expect(told.get('Made')).toBe('2026-11-22T20:24:07Z, on gitlab-1');
  expect(told.get('Hint')).toBe('the usual, with the year');
  expect(told.get('Opens with')).toBe('the password (envelope 1)');
  expect(told.get('Signed by')).toBe('SHA256:JQAxNa3diFKN');
});

test('a discreet backup stays discreet', () => {
  const discreet = { secret: null, host: null, hint: null, holdfast: null };
  expect([...facts(discreet).keys()]).toEqual([
    'Backup',
    'Made',
    'File',
    'Holds',
    'Opens with',
    'Signed by',
  ]);
  expect(sheetDocument(sampleFacts(discreet)).title).toContain('does not name');
});

test('all 24 words of the signer stand there, and none when nobody signed', () => {
  const signers = (change: Partial<SheetFacts>): readonly string[] =>
    blocks(change).flatMap((block) => (block.kind === 'signer' ? block.words : []));
  expect(signers({})).toHaveLength(24);
  expect(signers({ signature: { status: 'unsigned' } })).toHaveLength(0);
  expect(commandsIn(blocks({ signature: { status: 'unsigned' } })).join()).not.toContain(
    'ssh-keygen',
  );
});

test('what must not be overlooked stands at the top', () => {
  const notices = (change: Partial<SheetFacts>): readonly string[] =>
    sheetDocument(sampleFacts(change)).notices;
  expect(notices({})).toEqual([]);
  expect(notices({ signature: { status: 'unsigned' } })).toHaveLength(1);
  expect(notices({ waivers: ['single-point-of-failure'] })).toHaveLength(1);
  const { signature } = sampleFacts();
  if (signature.status === 'unsigned') throw new Error('the sample is signed');
  expect(notices({ signature: { ...signature, status: 'unknown-signer' } })).toHaveLength(1);
  const codes = { texts: ['HOLDFAST 3F1A52A0 01/01 A'], sha256: 'ab', size: 1 };
  expect(notices({ codes })[0]).toMatch(/Whoever has the sheet has that copy/);
});

test('copies that are known are listed, and there is room for others', () => {
  const { head, rows } = tableIn('Where the copies lie', {
    copies: [
      { where: 'BLACK', location: 'bank box 2', lastVerified: '2026-11-20' },
      { where: '/mnt/x', location: null, lastVerified: null },
    ],
  });
  expect(head).toHaveLength(4);
  expect(rows).toEqual([
    ['BLACK', 'bank box 2', '2026-11-20', ''],
    ['/mnt/x', '', 'never', ''],
    ['', '', '', ''],
  ]);
});

test('without a catalog the tables are blank, to be filled in by hand', () => {
  const copies = tableIn('Where the copies lie');
  expect(copies.head).toEqual(['Copy', 'Where it lies', 'Who has access']);
  for (const title of ['Where the copies lie', 'Who can help to open it', 'Put away by']) {
    const { rows, head } = tableIn(title);
    expect(rows).toHaveLength(3);
    expect(rows.flat()).toEqual(Array.from({ length: 3 * head.length }, () => ''));
  }
});

test('custodians stand there with what they hold and how to reach them', () => {
  const { rows } = tableIn('Who can help to open it', {
    custodians: [{ name: 'alice', factors: 'password', contact: '+49 30 1234' }],
  });
  expect(rows[0]).toEqual(['alice', 'password', '+49 30 1234']);
});

test('the way without Holdfast is that of README.txt, command by command', () => {
  const change = { envelopes: [envelope(1, password), envelope(3, recipient, password)] };
  const readme = new TextDecoder().decode(renderReadme({ ...sampleFacts(change), signed: true }));
  const typed = commandsIn(blocks(change, 'Restore without Holdfast'));
  const [restore = ''] = readme.split('CHECK THE PARTS');
  const expected = restore.match(/^ {4}.*$/gm)?.map((line) => line.trim()) ?? [];
  expect(expected.length).toBeGreaterThan(2);
  expect(typed.slice(3, -1)).toEqual(expected);
  expect(readme).toContain(typed.at(-1));
});

test('the way with Holdfast asks for an identity only where an envelope does', () => {
  const title = 'Restore with Holdfast';
  const plain = 'holdfast restore holdfast-3f1a52a0.tar --to ./gitlab-secrets.json';
  const typed = (...envelopes: SheetFacts['envelopes']): string[] =>
    commandsIn(blocks({ envelopes }, title)).slice(1);
  expect(typed(envelope(1, password))).toEqual([plain]);
  expect(typed(envelope(1, recipient))).toEqual([`${plain} -i your-identity.txt`]);
  expect(typed(envelope(1, password), envelope(2, recipient))).toEqual([
    plain,
    `${plain} -i your-identity.txt`,
  ]);
});

const quorum = {
  kind: 'quorum',
  threshold: 2,
  set: '00'.repeat(16),
  predecessors: [],
  custodians: [
    { name: 'alice', index: 1, factors: [password], commitment: 'ab'.repeat(32) },
    { name: 'bob', index: 2, factors: [recipient, password], commitment: 'cd'.repeat(32) },
    { name: 'carol', index: 3, factors: [password], commitment: 'ef'.repeat(32) },
  ],
} as const;

test('the custodians of a quorum are named, with what they hold, and their contacts when these are known', () => {
  const change = {
    envelopes: [envelope(1, quorum)],
    custodians: [
      { name: 'bob', factors: 'password', contact: '+49 30 1234' },
      { name: 'dave', factors: null, contact: 'knows where the sticks are' },
    ],
  };
  expect(facts(change).get('Opens with')).toBe(
    'any 2 of 3 custodians: alice, bob, carol (envelope 1)',
  );
  expect(tableIn('Who can help to open it', change).rows).toEqual([
    ['alice', 'the password', ''],
    // The backup knows better than a catalog what opens it.
    ['bob', `the age identity of ${RECIPIENT} AND the password`, '+49 30 1234'],
    ['carol', 'the password', ''],
    ['dave', '', 'knows where the sticks are'],
    ['', '', ''],
  ]);
  const restore = blocks(change, 'Restore with Holdfast');
  expect(wordsIn(restore)).toContain('one after another');
  expect(commandsIn(restore)).toHaveLength(3);
});

test('no name of a secret sends a restore anywhere but to a file here', () => {
  const to = (secret: string | null, kind: 'file' | 'tar' = 'file'): string =>
    commandsIn(blocks({ secret, kind }, 'Restore with Holdfast'))
      .at(-1)
      ?.replace(/^.* --to /, '') ?? '';
  expect(to('store:sso')).toBe("./'store:sso'");
  expect(to("it's; reboot")).toBe(String.raw`./'it'\''s; reboot'`);
  expect(to('../../etc/passwd')).toBe('./restored-secret');
  expect(to(null)).toBe('./restored-secret');
  expect(to('whatever', 'tar')).toBe('./restored');
});

test('each kind of factor is told in words that need no manual', () => {
  const token = {
    token: { label: 'lab', serial: '5c3f' },
    label: 'kek',
    id: '01',
    algorithm: 'p256',
    fingerprint: 'ab'.repeat(32),
  } as const;
  const opens = (...factors: SheetFacts['envelopes'][number]['factors']): string =>
    facts({ envelopes: [envelope(1, ...factors)] }).get('Opens with') ?? '';
  expect(opens({ kind: 'token', token, identity: 'AGE-PLUGIN-HOLDFAST-1QQ' }, password)).toBe(
    'the token "lab", serial number 5c3f, with the key "kek", and its PIN AND the password (envelope 1)',
  );
  expect(opens({ kind: 'token', token: null, identity: null })).toContain('does not name');
  expect(opens(recipient)).toContain(RECIPIENT);
  expect(opens({ kind: 'recipient', recipient: null })).toContain('does not name');
  expect(opens({ kind: 'recipient', recipient: `age1pq1${'q'.repeat(1900)}` }).length).toBeLessThan(
    120,
  );
});

test('words with commands between them stay words and commands', () => {
  expect(wordsIn(blocks({}, 'Restore without Holdfast'))).toContain('age prints an error');
  expect(wordsIn(blocks({ waivers: ['single-point-of-failure'] }))).not.toMatch(/^ /m);
});
