import type { ChosenVolume } from '@holdfast/core';
import { expect, test } from 'vitest';
import { mediumSourceFrom } from './medium-source.ts';
import type { Terminal } from './prompt.ts';

const WAIT = { selector: 'usb', missing: 1, refused: [] };

function stick(label: string | null, node: string): ChosenVolume {
  return {
    medium: {
      ...{ node, sequence: '1', bus: 'usb', hotPlugged: true, usbId: '0781:5583' },
      ...{ vendor: 'SanDisk', product: 'Ultra\u001b[2J', serial: '4C53', size: 30_752_000_000 },
      ...{ readOnly: false, refusal: null, volumes: [] },
    },
    volume: {
      ...{ node, number: '8:16', fileSystem: 'vfat', label, uuid: '12AB-34CD' },
      ...{ size: 30_752_000_000, free: null, mounts: [], refusal: null, writeRefusal: null },
    },
  };
}

/** Somebody who gives these answers in turn. */
function person(...answers: string[]): { terminal: Terminal; said: string[] } {
  const said: string[] = [];
  const terminal: Terminal = {
    password: async () => await Promise.reject(new Error('nobody asks for a password')),
    line: async (label) => {
      said.push(label);
      return await Promise.resolve(answers.shift() ?? '');
    },
    say: (text) => said.push(text),
    [Symbol.dispose]: () => undefined,
  };
  return { terminal, said };
}

function sourceFor(terminal: Terminal | null, seconds?: number): [typeof source, string[]] {
  const notes: string[] = [];
  const source = mediumSourceFrom(seconds, {
    note: (text) => notes.push(text),
    atTerminal: async () => await Promise.resolve(terminal),
  });
  return [source, notes];
}

test('a person is waited for until they give up, and is told once what to do', async () => {
  const [source, notes] = sourceFor(person().terminal);
  for (let round = 0; round < 3; round += 1) {
    expect(await source.waitForMedium?.(WAIT)).toBe(Infinity);
  }
  expect(notes).toEqual(['Plug in a stick, or press Ctrl-C.']);
});

test('without a person it is half a minute, or as long as was asked for', async () => {
  const [short, notes] = sourceFor(null);
  expect(await short.waitForMedium?.(WAIT)).toBeGreaterThan(29_000);
  expect(notes).toEqual(['Waiting 30 s for a stick to be plugged in.']);
  const [long] = sourceFor(null, 120);
  expect(await long.waitForMedium?.({ ...WAIT, selector: 'usb:BLACK' })).toBeGreaterThan(119_000);
  const [none, silence] = sourceFor(null, 0);
  expect(await none.waitForMedium?.(WAIT)).toBe(0);
  expect(silence).toEqual([]);
});

test('what is plugged in and not used is told with its reason, once', async () => {
  const [source, notes] = sourceFor(person().terminal);
  const refused = [{ name: '/dev/sdb1', reason: 'there is no file system on it' }];
  await source.waitForMedium?.({ ...WAIT, missing: 2, refused });
  await source.waitForMedium?.({ ...WAIT, missing: 2, refused });
  expect(notes).toEqual([
    '/dev/sdb1 is not used: there is no file system on it.',
    'Plug in 2 sticks, or press Ctrl-C.',
  ]);
});

test('of several sticks a person gives a number, and is asked again for anything else', async () => {
  const { terminal, said } = person('', '3', 'two', '2');
  const [source] = sourceFor(terminal);
  const candidates = [stick('BLACK', '/dev/sdb'), stick(null, '/dev/sdc')];
  const chosen = await source.chooseMedium?.({ candidates, number: 1, of: 1 });
  expect(chosen).toBe(candidates[1]);
  expect(said.filter((line) => line.startsWith('Give'))).toHaveLength(3);
  expect(said.slice(0, 2)).toEqual([
    expect.stringMatching(/^ {2}1 {2}BLACK, \/dev\/sdb: SanDisk Ultra.*, 28\.6 GiB, vfat$/),
    expect.stringMatching(/^ {2}2 {2}\/dev\/sdc: /),
  ]);
});

test('what a stick says of itself cannot draw on the terminal', async () => {
  const [source, notes] = sourceFor(null);
  source.mediumFound?.(stick('BLACK', '/dev/sdb'));
  expect(notes[0]).toMatch(/^Found BLACK, /);
  expect(notes[0]).not.toContain('\u001b');
  await Promise.resolve();
});

test('without a person nothing is chosen by chance', async () => {
  const [source] = sourceFor(null);
  const candidates = [stick('BLACK', '/dev/sdb'), stick('RED', '/dev/sdc')];
  expect(await source.chooseMedium?.({ candidates, number: 1, of: 1 })).toBeNull();
  expect(await source.chooseBackup?.(['sso', 'vault'])).toBeNull();
});

test('a person is asked about a new medium, and may say what it is called at once', async () => {
  const { terminal, said } = person('perhaps', 'Yes', ' vault-1 ', 'bank box 2', '');
  const [source] = sourceFor(terminal);
  const answer = await source.admitMedium?.({
    found: stick('BLACK', '/dev/sdb'),
    check: () => undefined,
  });
  expect(answer).toEqual({ name: 'vault-1', location: 'bank box 2', owner: undefined });
  expect(said.join('\n')).not.toContain('\u001b');
});

test('a new medium that a person does not mean is not used', async () => {
  const [source] = sourceFor(person('no').terminal);
  const found = stick('BLACK', '/dev/sdb');
  expect(await source.admitMedium?.({ found, check: () => undefined })).toBeNull();
});

test('words that the register does not take are asked for again', async () => {
  const { terminal, said } = person('y', 'taken', '', '', 'free', '', '');
  const [source] = sourceFor(terminal);
  const check = ({ name }: { readonly name?: string | undefined }): void => {
    if (name === 'taken') throw new Error('another medium is called taken already');
  };
  const answer = await source.admitMedium?.({ found: stick('BLACK', '/dev/sdb'), check });
  expect(answer).toMatchObject({ name: 'free' });
  expect(said).toContain('another medium is called taken already');
});

test('where nobody is, a new medium is told once, with how to name it', async () => {
  const [source, notes] = sourceFor(null);
  const found = stick('BLACK', '/dev/sdb');
  for (let round = 0; round < 2; round += 1)
    expect(await source.admitMedium?.({ found, check: () => undefined })).toBeUndefined();
  expect(notes).toEqual([
    'note: BLACK is new here; name it with: holdfast media name usb:BLACK NAME',
  ]);
});
