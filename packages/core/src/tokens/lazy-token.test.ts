import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';

const run = promisify(execFile);

/** Prints every file of packages/token that is loaded while the rest of its arguments is run. */
const SCRIPT = `
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (url.includes('packages/token/') || url.includes('pkcs11js')) console.log(url);
    return next(url, context);
  },
});
const core = await import(process.argv[1]);
const { Secret, backup, restore, inspect, instanceAt, sourceFromFile, toFile, tokenAccess } = core;
const [, , folder, file] = process.argv;
const instance = instanceAt({ folder });
const pins = { pin: async () => null, confirmLastTry: async () => false };
const factors = {
  newPassword: async () => Secret.fromText('stapler wombat orchid 1887 gravel'),
  password: async () => Secret.fromText('stapler wombat orchid 1887 gravel'),
  identities: async () => [],
};
await using tokens = tokenAccess({ modules: [], aliases: {}, instance, pins });
const run = { instance, factors, tokens };
const to = file + '.tar';
await backup({ source: sourceFromFile(file), to, envelopes: ['password'], workFactor: 2 }, run);
await inspect(to, instance);
await restore({ from: to, to: toFile(file + '.back') }, run);
console.log('done');
`;

test('a password backup and its restore load nothing of the tokens', async () => {
  await using scene = await openScene();
  const core = new URL('../index.ts', import.meta.url).href;
  const file = await scene.file('secret', 's');
  const options = ['--input-type=module', '-e', SCRIPT, core, scene.path('state'), file];
  const { stdout } = await run(process.execPath, options);
  expect(stdout).toBe('done\n');
}, 60_000);
