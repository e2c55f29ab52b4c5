import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyDetails } from '../testing/key-details.ts';
import { sizeLimit } from './layout.ts';
import { renderReadme, type ReadmeSubject } from './readme.ts';

const subject: ReadmeSubject = {
  id: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55',
  created: '2026-11-22T20:24:07Z',
  secret: 'gitlab-secrets.json',
  hint: 'the usual',
  kind: 'file',
  waivers: [],
  envelopes: [{ index: 1, factors: [{ kind: 'password' }] }],
  signed: true,
};

const render = (change: Partial<ReadmeSubject> = {}): string =>
  new TextDecoder().decode(renderReadme({ ...subject, ...change }));

test('a password backup has the one command that opens it', () => {
  const text = render();
  expect(text).toContain('\n    age -d -i envelopes/1.age secret.age > gitlab-secrets.json\n');
  expect(text).not.toContain('your-identity.txt');
  expect(text).toContain('"hint" in backup.json');
});

test('each envelope has its own way, and no other is told', () => {
  const recipient = `age1${'q'.repeat(58)}`;
  const text = render({
    hint: null,
    envelopes: [
      { index: 2, factors: [{ kind: 'recipient', recipient }] },
      { index: 7, factors: [{ kind: 'password' }] },
      { index: 9, factors: [{ kind: 'recipient', recipient: null }] },
    ],
  });
  expect(text.match(/envelopes\/\d+\.age/g)).toEqual(
    [2, 7, 9].map((n) => `envelopes/${String(n)}.age`),
  );
  expect(text).toContain(recipient);
  expect(text).not.toContain('hint');
});

test('a post-quantum recipient says which age it needs, and others do not', () => {
  const factor = (recipient: string | null) =>
    render({ envelopes: [{ index: 1, factors: [{ kind: 'recipient', recipient }] }] });
  expect(factor(`age1pq1${'q'.repeat(1900)}`)).toContain('1.3.0');
  expect(factor(null)).toContain('1.3.0');
  expect(factor(`age1${'q'.repeat(58)}`)).not.toContain('1.3.0');
});

test('without a name, none is told', () => {
  expect(render({ secret: null })).not.toContain('secret:');
  expect(render({ secret: null })).toContain('> restored-secret\n');
});

test('how to check a signature stands only in a signed backup', () => {
  expect(render()).toContain('ssh-keygen -Y verify');
  expect(render({ signed: false })).not.toContain('ssh-keygen');
});

test.each([
  'secret.age',
  'SECRET.AGE',
  'README.txt',
  'backup.json',
  'envelopes',
  'your-identity.txt',
  '../../etc/passwd',
  '/etc/passwd',
  '.bashrc',
  '-rf',
  '~',
  '名前',
  'a\nb',
  'C:\\x',
])('the name %j becomes no file name', (secret) => {
  expect(render({ secret })).toContain(' > restored-secret\n');
});

test('whatever the name, README.txt is plain ASCII and its commands are the same', () => {
  const shape = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.replace(/ > .*/, ''));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (secret) => {
      const text = render({ secret });
      expect(text).toMatch(/^[\n -~]*$/);
      expect(shape(text)).toEqual(shape(render()));
    }),
  );
});

test('it is short, and no line runs far', () => {
  const lines = render().split('\n');
  expect(lines.length).toBeLessThan(50);
  for (const line of lines.filter((each) => !each.startsWith('    '))) {
    expect(line.length).toBeLessThan(81);
  }
});

const token = (change: Parameters<typeof keyDetails>[0] = {}) => ({
  kind: 'token' as const,
  token: keyDetails(change),
  identity: 'AGE-PLUGIN-HOLDFAST-1QQQQ',
});

test('an envelope for a token says which one, and makes the identity file from its line', () => {
  const text = render({ hint: null, envelopes: [{ index: 3, factors: [token()] }] });
  expect(text).toContain('the token "lab" (serial "0123456789abcdef")\nand its key "kek"');
  expect(text).toContain(`
    echo AGE-PLUGIN-HOLDFAST-1QQQQ > token-3.txt
    age -d -i token-3.txt envelopes/3.age | age -d -i - secret.age > gitlab-secrets.json
`);
  expect(text).toContain('age-plugin-holdfast');
  expect(text).toContain('1.1.0');
  expect(text).not.toContain('NO WAY AROUND');
});

test('a token and a password are two commands in a row', () => {
  const factors = [token(), { kind: 'password' as const }];
  const text = render({ envelopes: [{ index: 1, factors }] });
  expect(text).toContain('AND the password');
  expect(text).toContain('age -d -i token-1.txt envelopes/1.age | age -d -i - secret.age > ');
  expect(text).toContain('"hint" in backup.json');
});

test('a token and a recipient are one command more', () => {
  const factors = [token(), { kind: 'recipient' as const, recipient: `age1${'q'.repeat(58)}` }];
  expect(render({ envelopes: [{ index: 1, factors }] })).toContain(
    '    age -d -i token-1.txt envelopes/1.age | age -d -i your-identity.txt | age -d -i - secret.age > ',
  );
});

test('a discreet backup names no token, and says how to make the line', () => {
  const text = render({
    envelopes: [{ index: 1, factors: [{ kind: 'token', token: null, identity: null }] }],
  });
  expect(text).toContain('    holdfast token identity NAME > token-1.txt\n');
  expect(text).not.toContain('echo AGE');
});

test('that nothing gets around the single token stands in README.txt', () => {
  const envelopes = [{ index: 1, factors: [token()] }];
  expect(render({ envelopes, waivers: ['single-point-of-failure'] })).toContain('NO WAY AROUND');
});

test('a backup without tokens does not speak of them', () => {
  expect(render()).not.toMatch(/token/i);
});

test('lines that are too many for README.txt are taken from backup.json', () => {
  const long = { ...token(), identity: `AGE-PLUGIN-HOLDFAST-1${'Q'.repeat(3000)}` };
  const envelopes = Array.from({ length: 64 }, (_, index) => ({
    index: index + 1,
    factors: [long],
  }));
  const bytes = renderReadme({ ...subject, envelopes });
  expect(bytes.length).toBeLessThan(sizeLimit('README.txt') ?? 0);
  expect(new TextDecoder().decode(bytes)).toContain('backup.json > token-64.txt');
});

test('whatever a label holds, README.txt stays plain ASCII and its commands stay the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (label, serial) => {
      const text = render({
        envelopes: [{ index: 1, factors: [token({ label, token: { label, serial } })] }],
      });
      expect(text).toMatch(/^[\n -~]*$/);
      expect(text.split('\n').filter((each) => each.startsWith('    age'))).toHaveLength(1);
    }),
  );
});
