import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, Secret } from '@holdfast/age';
import { expect, test } from 'vitest';
import { runInjected } from '@holdfast/media/testing';
import { initInstance } from '../instance/init.ts';
import { instanceAt } from '../instance/instance.ts';
import { paperTokens } from './hold.fixture.ts';
import { storeOf } from './store.ts';

const HOLD = new URL('hold.fixture.ts', import.meta.url);
/** The calls that change or sync what has a name on disk. */
const CALLS = [
  'fsync,fdatasync',
  '?link,linkat',
  '?unlink,unlinkat',
  '?rename,renameat,renameat2',
  '?chmod,fchmod,fchmodat',
];

async function openHouse(heldBy: 'nobody' | 'a token') {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-hold-'));
  const papers = [join(dir.path, 'former'), join(dir.path, 'next')] as const;
  for (const path of papers) {
    using line = generateIdentity().toSecret();
    await writeFile(path, line.bytes);
  }
  const folder = join(dir.path, 'state');
  const instance = instanceAt({ folder });
  const tokens = paperTokens(...papers);
  const store = storeOf(instance, { tokens });
  using value = Secret.fromText('value');
  await store.import('sso', value);
  await initInstance(instance, heldBy === 'nobody' ? {} : { storeTokens: [papers[0]], tokens });
  return Object.assign(dir, { folder, instance, papers, tokens, store });
}

test.each(['nobody', 'a token'] as const)(
  'a store held by %s that is killed while a token is given it can be read, and given again',
  { timeout: 240_000 },
  async (heldBy) => {
    for (const calls of CALLS) {
      for (let count = 1, killed = true; killed; count++) {
        await using house = await openHouse(heldBy);
        const { folder, instance, papers, tokens, store } = house;
        const inject = `${calls}:signal=SIGKILL:when=${String(count)}`;
        const { status } = await runInjected(inject, HOLD, [folder, ...papers]);
        killed = status !== 0;
        {
          using secret = await store.read('sso');
          expect(Buffer.from(secret.bytes).toString()).toBe('value');
        }
        const { storeTokens } = await initInstance(instance, { storeTokens: [papers[1]], tokens });
        expect(storeTokens.map(({ label }) => label)).toEqual([papers[1]]);
        using again = await storeOf(instance, { tokens: paperTokens(papers[1]) }).read('sso');
        expect(Buffer.from(again.bytes).toString()).toBe('value');
        expect(await readdir(folder)).not.toContain('store-identity.txt');
      }
    }
  },
);
