/** Run as a program: gives up root, acts on an instance as somebody else, and prints what came of it. */
import { HoldfastError } from '@holdfast/age';
import { initInstance } from '../init.ts';
import { instanceAt, type InstanceSettings } from '../instance.ts';
import { loadDescribeSigner } from '../signer.ts';

export type Act = 'access' | 'sign' | 'init' | 'trust';

export interface Part {
  /** Stays who it is without it. */
  readonly user?: {
    readonly uid: number;
    readonly gid: number;
    readonly groups: readonly number[];
  };
  readonly settings: InstanceSettings;
  readonly act: Act;
}

export interface Outcome {
  readonly code: string;
  readonly message: string;
}

const { user, settings, act } = JSON.parse(process.argv[2] ?? '') as Part;

// Everything is loaded before: the repository may lie where only its owner can read.
await loadDescribeSigner();
if (user !== undefined) {
  process.setgroups?.([...user.groups]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
const instance = instanceAt(settings);

async function perform(): Promise<string> {
  switch (act) {
    case 'access':
      await instance.assertAccess();
      return '';
    case 'sign': {
      const { signer, sign } = await instance.signer();
      sign(Buffer.from('a manifest'));
      return signer.fingerprint;
    }
    case 'init':
      return (await initInstance(instance)).made.join();
    case 'trust':
      return String((await instance.trust()).principalOf('ssh-ed25519 AAAA', null));
  }
}

const outcome: Outcome = await perform().then(
  (message) => ({ code: 'OK', message }),
  (error: unknown) => ({
    code: error instanceof HoldfastError ? error.code : 'UNTYPED',
    message: String(error),
  }),
);
process.stdout.write(JSON.stringify(outcome));
