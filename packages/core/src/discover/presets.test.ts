import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { discover } from './discover.ts';
import { placesOf, type Preset } from './preset.ts';
import { PRESETS } from './presets.ts';
import { openPlant } from './testing/plant.ts';

const withFiles = PRESETS.filter(({ where }) => where.kind !== 'luks');

test('at least 25 systems are known, and each preset has a name of its own', () => {
  const ids = PRESETS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(PRESETS.map(({ system }) => system)).size).toBeGreaterThanOrEqual(25);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
});

test.each(PRESETS.map((preset) => [preset.id, preset] as const))(
  '%s says what the secret is, what its loss means, and where that is written',
  (_, preset) => {
    for (const text of [preset.system, preset.secret, preset.is, preset.loss]) {
      expect(text.trim()).toBe(text);
      expect(text).toMatch(/^[^\p{Cc}]{3,}$/u);
    }
    expect(preset.loss).toMatch(/^[A-Z].*\.$/);
    expect(preset.is).not.toMatch(/\.$/);
    expect(new URL(preset.source).protocol).toBe('https:');
  },
);

test.each(withFiles.map((preset) => [preset.id, preset] as const))(
  '%s is looked for at absolute paths and in homes, never by way of the environment',
  (_, preset) => {
    const places = placesOf(preset);
    expect(places.length).toBeGreaterThan(0);
    expect(new Set(places).size).toBe(places.length);
    for (const place of places) {
      expect(place).toMatch(/^(?:~?\/)[^$\s~]+$/);
      expect(place.split('/')).not.toContain('..');
      expect(place).not.toMatch(/\/\/|\*\*|\/$/);
    }
  },
);

/** A path that a pattern fits. */
function example(place: string): string {
  return place.replace(/^~/, '/home/alice').replaceAll('*', 'x');
}

/** What has to be there besides a place for it to be a find. */
function besides({ where }: Preset, place: string): readonly string[] {
  if (where.kind !== 'files' || where.sign === undefined) return [];
  const folder = where.in.find((it) => place.startsWith(`${it}/`)) ?? '';
  return [`${example(folder)}/${where.sign}`];
}

test.each(withFiles.map((preset) => [preset.id, preset] as const))(
  '%s is found at each of its places',
  async (_, preset) => {
    for (const place of placesOf(preset)) {
      await using plant = await openPlant();
      for (const path of [example(place), ...besides(preset, place)]) await plant.add(path);
      const { finds, notFound } = await discover({ root: plant.root, presets: [preset] });
      expect(notFound, place).toEqual([]);
      expect(finds[0]?.paths.map(({ path }) => path)).toContain(plant.at(example(place)));
      expect(finds[0]?.backup.line).toMatch(/^(?:cat \| )?holdfast backup /);
    }
  },
);

test('the documentation lists every preset, and no other', async () => {
  const page = await readFile(new URL('../../../../docs/discover.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, id = '', system = '', secret = '']) => [id, system, secret]);
  expect(rows).toEqual(
    PRESETS.map(({ id, system, secret }) => [`\`${id}\``, system, secret.replaceAll('*', '\\*')]),
  );
});
