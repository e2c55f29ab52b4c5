// What the bulk benchmark measures: `seal RECIPIENT IN OUT` and `open|digest IDENTITY-FILE IN OUT`; `-` is a pipe.
import { openSync, readFileSync } from 'node:fs';

import {
  decryptFile,
  encryptFile,
  parseIdentityFile,
  parseRecipient,
  type FileInput,
  type FileOutput,
  type PayloadOptions,
} from '@holdfast/age';

const [work, key = '', from = '-', to = '-', threads] = process.argv.slice(2);
const input: FileInput = from === '-' ? { fd: 0 } : { fd: openSync(from, 'r'), offset: 0 };
const output: FileOutput = to === '-' ? { fd: 1 } : { fd: openSync(to, 'w'), offset: 0 };
const options: PayloadOptions = threads === undefined ? {} : { threads: Number(threads) };

if (work === 'seal') {
  await encryptFile(input, output, [parseRecipient(key)], options);
} else {
  const { identities } = parseIdentityFile(readFileSync(key));
  await decryptFile(input, output, identities, { ...options, digests: work === 'digest' });
}
