import { text } from 'node:stream/consumers';
import { Secret } from '@holdfast/age';
import { openModule } from '../module/open-module.ts';
import { tokenNamed } from '../testing/softhsm.ts';
import { openPinGuard } from './pin-guard.ts';

// Logs in with a stored PIN, which comes on standard input, and says how that went: MODULE FOLDER LABEL.
const [path = '', folder = '', label = ''] = process.argv.slice(2);
const stored = await text(process.stdin);
const guard = openPinGuard({
  folder,
  pins: {
    pin: async () => ({ pin: Secret.fromText(stored), typed: false }),
    confirmLastTry: async () => false,
  },
});
await using module = openModule({ path });
try {
  await guard.login(module, tokenNamed(await module.slots(), label), null);
  process.stdout.write('logged in');
} catch (error) {
  process.stdout.write((error as { code: string }).code);
}
