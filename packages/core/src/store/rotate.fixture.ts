import { Secret } from '@holdfast/age';

import { instanceAt } from '../instance/instance.ts';
import { storeOf } from './store.ts';

// Run by tests that kill it: makes the secret `sso`, or rotates it, to `value N` for version N.
const [folder = '', count = ''] = process.argv.slice(2);
const store = storeOf(instanceAt({ folder }));
for (let done = 0; done < Number(count); done++) {
  const [found] = await store.list();
  const next = (found?.current ?? 0) + 1;
  using value = Secret.fromText(`value ${String(next)}`);
  if (found === undefined) await store.import('sso', value);
  else await store.rotate('sso', { value });
  if (done === 0) process.stdout.write('begun\n');
}
