import { expect, test } from 'vitest';
import { openProgressLine, progressText } from './progress.ts';

function terminal(): { isTTY: true; columns: number; text: string; write(text: string): void } {
  return {
    isTTY: true,
    columns: 80,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

test('work of less than a second shows nothing', () => {
  const stream = terminal();
  let time = 0;
  {
    using line = openProgressLine(stream, () => time);
    line.show({ phase: 'sealing', done: 0, total: 10 });
    time = 999;
    line.show({ phase: 'sealing', done: 9, total: 10 });
  }
  expect(stream.text).toBe('');
});

test('longer work shows its share, rate and time left, and leaves an empty line', () => {
  const stream = terminal();
  let time = 0;
  {
    using line = openProgressLine(stream, () => time);
    line.show({ phase: 'sealing', done: 0, total: 4096 });
    time = 2000;
    line.show({ phase: 'sealing', done: 1024, total: 4096 });
    expect(stream.text).toContain('sealing  █████░░░░░░░░░░░░░░░   25 %  512 bytes/s  6.0 s left');
  }
  expect(stream.text.endsWith('\r\u001b[K')).toBe(true);
});

test('a line never wraps, and a width of nothing is no width', () => {
  for (const [columns, length] of [
    [30, 29],
    [0, 61],
  ] as const) {
    const stream = { ...terminal(), columns };
    let time = 0;
    using line = openProgressLine(stream, () => time);
    line.show({ phase: 'sealing', done: 0, total: 4096 });
    time = 2000;
    line.show({ phase: 'sealing', done: 1024, total: 4096 });
    expect(stream.text.replace('\r\u001b[K', '')).toHaveLength(length);
  }
});

test('what goes to a file gets no progress', () => {
  const stream = { ...terminal(), isTTY: false };
  let time = 0;
  using line = openProgressLine(stream, () => time);
  line.show({ phase: 'sealing', done: 0, total: 10 });
  time = 5000;
  line.show({ phase: 'sealing', done: 1, total: 10 });
  expect(stream.text).toBe('');
});

test('without a known total there is no share', () => {
  expect(progressText({ phase: 'copying', done: 2048, total: null }, 2)).toBe(
    'copying  2.0 KiB  1.0 KiB/s',
  );
});
