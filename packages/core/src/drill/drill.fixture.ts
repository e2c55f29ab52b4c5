import { Secret } from '@holdfast/age';
import { instanceAt } from '../instance/instance.ts';
import { catalogAccess } from '../record/catalog-access.ts';
import { drill } from './drill.ts';

// Run by tests that watch or kill it: drills a copy under a password, with a check command.
const [folder = '', path = '', password = '', command = 'cat', recorded] = process.argv.slice(2);
const instance = instanceAt({ folder });
await using catalog = catalogAccess({ instance, surface: 'cli' });
const { failure } = await drill(
  { from: { kind: 'file', path }, which: { kind: 'any' }, check: { command, timeout: 60_000 } },
  {
    instance,
    ...(recorded === undefined ? {} : { catalog, recorder: catalog.recorder }),
    factors: {
      newPassword: async () => Secret.fromText(password),
      password: async () => Secret.fromText(password),
      identities: async () => [],
    },
  },
);
process.exitCode = failure === null ? 0 : 1;
