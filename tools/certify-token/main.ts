// Tries a PKCS#11 module and a token with all that Holdfast needs of them, and prints what works.
//   npm run certify:token -- /usr/lib/…/module.so [--token pkcs11:…] [--pin-file F] [--generate]
// It gives the right PIN only, and only while the token says that no try was lost. Without --generate it
// writes nothing to the token.
import { parseArgs } from 'node:util';
import { HoldfastError, Secret } from '@holdfast/age';
import { openTokens, type PinSource, type TokenReport } from '@holdfast/token';
import { openSubject, rememberedIn } from '@holdfast/token/testing';

import { renderTable } from '../bench/table.ts';
import { askPin, readPin } from './ask-pin.ts';
import { onlyToken } from './choose-token.ts';
import { generateKeys } from './generate-keys.ts';
import { keyTables } from './prove-keys.ts';
import { runContract } from './run-contract.ts';

const USAGE =
  'usage: npm run certify:token -- MODULE [--init-args TEXT] [--token URI] [--pin-file FILE] [--generate]';
const RELEVANT =
  /^CKM_(?:ECDH1_DERIVE|RSA_PKCS_OAEP|RSA_X_509|AES_CMAC|SHA256_HMAC|EC(?:DSA)?_KEY_PAIR_GEN|RSA_PKCS_KEY_PAIR_GEN|AES_KEY_GEN|GENERIC_SECRET_KEY_GEN)$/;

async function certify(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'init-args': { type: 'string' },
      token: { type: 'string' },
      'pin-file': { type: 'string' },
      generate: { type: 'boolean', default: false },
    },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new Error(USAGE);
  const module = { path, initArgs: values['init-args'] };

  await using stack = new AsyncDisposableStack();
  let pin: Secret | null = null;
  const pins: PinSource = {
    pin: async ({ tries }) =>
      tries === 'full' && pin !== null ? { pin: Secret.copy(pin.bytes), typed: true } : null,
    confirmLastTry: async () => false,
  };
  const settings = { modules: [module], aliases: {}, folder: rememberedIn(), pins };

  let name: string;
  {
    await using tokens = openTokens(settings);
    const [listed] = await tokens.list();
    if (listed === undefined) throw new Error(`${path} was not asked`);
    name = values.token ?? onlyToken(listed);
    const report = await tokens.show(name);
    describeToken(report);
    if (report.token.pinTries !== 'full') {
      throw new Error('a try of its PIN was lost before: log in with its own software first');
    }
    const pinFile = values['pin-file'];
    pin = stack.use(pinFile === undefined ? await askPin('PIN: ') : readPin(pinFile));
    if (values.generate) {
      console.log(`\nkeys\n  ${(await generateKeys(tokens, name)).join('\n  ')}`);
    }
  }

  const right = pin;
  await using subject = await openSubject({
    module,
    token: name,
    openPin: () => Secret.copy(right.bytes),
    throwAway: false,
  });
  console.log('\nthe contract');
  const broken = await runContract(subject);
  for (const table of await keyTables(subject)) console.log(`\n${renderTable(table)}`);
  console.log('');
  console.log(broken === 0 ? 'Certified: every rule holds.' : `Not certified: ${broken} broken.`);
  return broken === 0 ? 0 : 1;
}

function describeToken({ module, slot, token, mechanisms }: TokenReport): void {
  const names = mechanisms.map((one) => one.name).filter((one) => RELEVANT.test(one));
  const lines = [
    ['module', module],
    ['token', `${token.label}, ${token.manufacturer} ${token.model}, serial ${token.serial}`],
    ['slot', slot],
    ['PIN', `tries: ${token.pinTries}${token.pinPad ? ', the reader has a PIN pad' : ''}`],
    ['mechanisms', `${mechanisms.length}, of use here: ${names.join(' ')}`],
  ];
  for (const [what = '', is = ''] of lines) console.log(`${what.padEnd(11)} ${is}`);
}

function hintFor(code: string, remedy: string): string {
  if (code !== 'PIN_NEEDED') return remedy;
  return `A wrong PIN was given before. Once you have proven the right one, remove ${rememberedIn()}.`;
}

try {
  process.exitCode = await certify();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(`error: ${error.message}`);
  if (error instanceof HoldfastError)
    console.error(`hint: ${hintFor(String(error.code), error.remedy)}`);
  process.exitCode = 2;
}
