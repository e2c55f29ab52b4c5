import fc from 'fast-check';
import { expect, test } from 'vitest';
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
