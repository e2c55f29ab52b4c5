import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Ending, RunProgram } from '../program.ts';
import { parseBlocks, readBlocks } from './lsblk.ts';

const STICK = {
  path: '/dev/sdb',
  kname: 'sdb',
  type: 'disk',
  'maj:min': '8:16',
  ro: false,
  size: 32010928128,
  fstype: null,
  label: null,
  uuid: null,
  serial: '4C53',
  vendor: 'SanDisk ',
  model: 'Ultra Fit       ',
};
const PART = {
  ...{ path: '/dev/sdb1', kname: 'sdb1', type: 'part', 'maj:min': '8:17', ro: false, size: 1 },
  ...{ fstype: 'vfat', label: 'BLACK', uuid: '1234-ABCD', serial: null, vendor: null, model: null },
};

function answering(ending: Partial<Ending>): RunProgram {
  return async () => ({ status: 0, stdout: '', stderr: '', ...ending });
}

const parsed = (...rows: unknown[]) => parseBlocks(JSON.stringify({ blockdevices: rows }));

test('a stick is read with its partitions, and padded names without their spaces', () => {
  expect(parsed({ ...STICK, children: [PART] })).toEqual([
    {
      ...{ path: '/dev/sdb', kernelName: 'sdb', type: 'disk', number: '8:16', readOnly: false },
      ...{ size: 32010928128, fileSystem: null, label: null, uuid: null },
      ...{ serial: '4C53', vendor: 'SanDisk', model: 'Ultra Fit' },
      children: [
        {
          ...{ path: '/dev/sdb1', kernelName: 'sdb1', type: 'part', number: '8:17' },
          ...{ readOnly: false, size: 1, fileSystem: 'vfat', label: 'BLACK', uuid: '1234-ABCD' },
          ...{ serial: null, vendor: null, model: null, children: [] },
        },
      ],
    },
  ]);
});

test('what older versions write as text says the same', () => {
  const [old] = parsed({ ...STICK, ro: '1', size: '123', label: '', 'maj:min': '  8:16 ' });
  expect(old).toMatchObject({ readOnly: true, size: 123, label: null, number: '8:16' });
  expect(parsed({ ...STICK, ro: '0' })[0]?.readOnly).toBe(false);
});

test('what an empty reader leaves out is nothing', () => {
  const { size: _, ...bare } = STICK;
  expect(parsed(bare)[0]?.size).toBe(0);
  expect(parsed({ ...STICK, size: null })[0]?.size).toBe(0);
});

test.each(['path', 'kname', 'type', 'maj:min'])('a row without %s is refused', (name) => {
  expect(() => parsed({ ...STICK, [name]: null })).toThrow(TypeError);
  expect(() => parsed({ ...STICK, children: [{ ...PART, [name]: '' }] })).toThrow(TypeError);
});

const anyRow: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  row: fc.record(
    {
      ...{ path: tie('value'), kname: tie('value'), type: tie('value'), 'maj:min': tie('value') },
      ...{ ro: tie('value'), size: tie('value'), fstype: tie('value'), label: tie('value') },
      children: fc.oneof(fc.array(tie('row'), { maxLength: 2 }), tie('value')),
    },
    { requiredKeys: [] },
  ),
  value: fc.oneof({ weight: 4, arbitrary: fc.string() }, fc.jsonValue()),
})).row;

test('whatever it answers is rows, or a SyntaxError or TypeError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(anyRow).map((rows) => JSON.stringify({ blockdevices: rows })),
    fc.jsonValue().map((value) => JSON.stringify({ blockdevices: value })),
  );
  fc.assert(
    fc.property(text, (json) => {
      try {
        for (const row of parseBlocks(json)) expect(row.path).not.toBe('');
      } catch (cause) {
        expect(cause instanceof SyntaxError || cause instanceof TypeError, String(cause)).toBe(
          true,
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([32, 64])('a system without any disk has none (status %i)', async (status) => {
  expect(await readBlocks(answering({ status }))).toEqual([]);
});

test.each([
  ['is not installed', { status: null, stderr: 'spawn lsblk ENOENT' }],
  ['knows no JSON', { status: 1, stderr: "lsblk: unrecognized option '--json'" }],
  ['answers something else', { stdout: 'sda 8:0' }],
  ['answers nothing', {}],
  ['answers other JSON', { stdout: '[]' }],
])('media are not supported where lsblk %s', async (_what, ending) => {
  await expect(readBlocks(answering(ending))).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});

test('what lsblk could not look at does not hide the rest', async () => {
  const stdout = JSON.stringify({ blockdevices: [STICK] });
  expect(await readBlocks(answering({ status: 64, stdout }))).toHaveLength(1);
});
