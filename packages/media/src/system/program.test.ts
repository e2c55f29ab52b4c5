import { expect, test } from 'vitest';

import { runProgram } from './program.ts';

test('what a program said and how it ended is told, whatever came of it', async () => {
  const said = await runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  expect(said).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await runProgram('no-such-program', [])).toMatchObject({ status: null, stdout: '' });
});

test('it speaks English, is asked nothing, and finds the programs of administrators', async () => {
  const script = 'echo "$LC_ALL"; cat; echo "$PATH"';
  const { stdout } = await runProgram('sh', ['-c', script]);
  expect(stdout).toMatch(/^C\.UTF-8\n/);
  expect(stdout).toContain(':/usr/sbin:');
});

test('a program that takes too long is ended', async () => {
  const ending = await runProgram('sleep', ['60'], { patience: 50 });
  expect(ending.status).toBeNull();
});

test('who cancels has it ended at once', async () => {
  const abort = new AbortController();
  const running = runProgram('sleep', ['60'], { signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(runProgram('true', [], { signal: abort.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});
