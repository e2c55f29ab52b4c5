import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { fateOf, thisProcess } from './this-process.ts';

test('a process that runs is not taken for one that is gone', () => {
  expect(fateOf(thisProcess())).toBe('runs');
});

test('a process is gone with its machine’s last boot, and when another one has its number', () => {
  expect(fateOf({ ...thisProcess(), boot: 'another' })).toBe('gone');
  expect(fateOf({ ...thisProcess(), processStarted: '1' })).toBe('gone');
});

test('of a process on another machine nobody can tell', () => {
  expect(fateOf({ ...thisProcess(), host: 'elsewhere' })).toBe('unknown');
});

test('a process that ended is gone', async () => {
  const child = spawn('sleep', ['60']);
  const name = { ...thisProcess(), pid: child.pid ?? 0, processStarted: '' };
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(fateOf(name)).toBe('gone');
});
