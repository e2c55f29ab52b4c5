import { expect, test } from 'vitest';
import { readBytes, sampleBackup } from './testing/sample-backup.ts';
import { alterHeader, joinTar, splitTar, type RawEntry } from './testing/tar-blocks.ts';

const entries = splitTar(await sampleBackup());
const [readme, payload, first, fourth, manifest, signature] = entries as [
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
];

const named = (entry: RawEntry, path: string): RawEntry =>
  alterHeader(entry, { 0: path.padEnd(100, '\0') });
const sized = (entry: RawEntry, field: string): RawEntry =>
  alterHeader(entry, { 124: Buffer.from(field, 'hex').toString('latin1') });
const without = (entry: RawEntry): RawEntry[] => entries.filter((other) => other !== entry);
const instead = (entry: RawEntry, other: RawEntry): RawEntry[] =>
  entries.map((each) => (each === entry ? other : each));
const spoilPadding = (entry: RawEntry): RawEntry => {
  const content = Buffer.from(entry.content);
  content[content.length - 1] = 1;
  return { header: entry.header, content };
};

test.each<[string, RawEntry[]]>([
  ['an absolute path', instead(first, named(first, '/envelopes/1.age'))],
  ['a parent path', instead(first, named(first, '../envelopes/1.age'))],
  ['a parent path within', instead(first, named(first, 'envelopes/../1.age'))],
  ['a path with a dot in front', instead(first, named(first, './envelopes/1.age'))],
  ['a path in the prefix field', instead(first, alterHeader(first, { 345: '/etc' }))],
  ['bytes behind the name', instead(first, alterHeader(first, { 50: 'x' }))],
  ['a hard link', instead(first, alterHeader(first, { 156: '1', 157: '/etc/passwd' }))],
  ['a symbolic link', instead(first, alterHeader(first, { 156: '2', 157: '/etc/passwd' }))],
  ['a character device', instead(first, alterHeader(first, { 156: '3' }))],
  ['a folder', instead(first, alterHeader(first, { 156: '5' }))],
  ['an old regular file', instead(first, alterHeader(first, { 156: '\0' }))],
  ['a sparse file', instead(payload, alterHeader(payload, { 156: 'S' }))],
  ['a pax header', instead(first, alterHeader(first, { 156: 'x' }))],
  ['a global pax header', [readme, alterHeader(first, { 156: 'g' }), ...entries.slice(1)]],
  [
    'a GNU long name',
    [readme, alterHeader(named(first, '././@LongLink'), { 156: 'L' }), ...entries.slice(1)],
  ],
  [
    'a GNU long link',
    [readme, alterHeader(named(first, '././@LongLink'), { 156: 'K' }), ...entries.slice(1)],
  ],
  ['a GNU magic', instead(first, alterHeader(first, { 257: 'ustar  \0' }))],
  ['another mode', instead(first, alterHeader(first, { 100: '0004755' }))],
  ['another owner', instead(first, alterHeader(first, { 108: '0001750' }))],
  ['an owner’s name', instead(first, alterHeader(first, { 265: 'root' }))],
  ['another time', instead(first, alterHeader(first, { 136: '00000000000' }))],
  ['README.txt twice', [readme, ...entries]],
  ['an envelope twice', [readme, payload, first, first, fourth, manifest, signature]],
  ['the manifest twice', [readme, payload, first, fourth, manifest, manifest, signature]],
  ['the signature twice', [...entries, signature]],
  ['envelopes out of order', [readme, payload, fourth, first, manifest, signature]],
  ['the manifest in front', [readme, manifest, payload, first, fourth, signature]],
  ['the payload behind its envelopes', [readme, first, payload, fourth, manifest, signature]],
  ['an extra file', [readme, payload, first, fourth, named(first, 'evil.sh'), manifest, signature]],
  ['an extra file at the end', [...entries, named(first, 'evil.sh')]],
  [
    'an extra envelope',
    [readme, payload, first, fourth, named(first, 'envelopes/5.age'), manifest, signature],
  ],
  ['an envelope less', without(first)],
  ['no payload', without(payload)],
  ['no manifest', [readme, payload, first, fourth]],
  ['a signature without manifest', [readme, payload, first, fourth, signature]],
  ['no envelope', [readme, payload, manifest, signature]],
  [
    'envelopes exchanged',
    [
      readme,
      payload,
      named(fourth, 'envelopes/1.age'),
      named(first, 'envelopes/4.age'),
      manifest,
      signature,
    ],
  ],
  ['a negative size', instead(payload, sized(payload, 'ffffffffffffffffffffffff'))],
  ['a size of 2^63', instead(payload, sized(payload, '800000008000000000000000'))],
  ['a size of 2^95', instead(payload, sized(payload, '80ffffffffffffffffffffff'))],
  ['a size of 2^53 - 512', instead(payload, sized(payload, '80000000001ffffffffffe00'))],
  ['a size of 8 GiB', instead(payload, sized(payload, '800000000000000200000000'))],
  [
    'a size in octal digits beyond the file',
    instead(payload, alterHeader(payload, { 124: '77777777777' })),
  ],
  ['a huge README.txt', instead(readme, alterHeader(readme, { 124: '00000200001' }))],
  ['a huge envelope', instead(first, alterHeader(first, { 124: '00000200001' }))],
  ['a huge manifest', instead(manifest, alterHeader(manifest, { 124: '00100000001' }))],
  ['a huge signature', instead(signature, alterHeader(signature, { 124: '00000010001' }))],
  [
    'a wrong checksum',
    instead(first, { ...first, header: Buffer.from(first.header).fill('0', 148, 154) }),
  ],
  ['padding behind README.txt that is not zero', instead(readme, spoilPadding(readme))],
  ['padding behind the payload that is not zero', instead(payload, spoilPadding(payload))],
  ['padding behind the signature that is not zero', instead(signature, spoilPadding(signature))],
])('a backup with %s is damaged', async (_, altered) => {
  await expect(readBytes(joinTar(altered))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});
