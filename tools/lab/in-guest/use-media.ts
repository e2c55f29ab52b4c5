// Backs up to sticks, restores from them and looks at them, each time it is told to, and says what came of it.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

import { encodeBech32, X25519Identity } from '@holdfast/age';
import {
  backupToMedia,
  chooseVolumes,
  HoldfastError,
  instanceAt,
  openMedium,
  parseSelector,
  pickBackup,
  removableMedia,
  restore,
  Secret,
  verifyMedium,
  type CopyReport,
  type Run,
  type SecretSource,
} from '@holdfast/core';

/** A line of its standard input, in JSON. */
export type MediaOrder =
  | {
      readonly do: 'backup';
      /** A selector each; a copy goes to each. */
      readonly to: readonly string[];
      readonly copies?: number;
      readonly keep?: number;
      readonly eject?: boolean;
      /** Bytes of the secret; its content follows from its name and size. */
      readonly size: number;
      readonly name: string;
      /** To be told before the secret is read, and to wait for `go`. */
      readonly pause?: boolean;
      readonly wait?: number;
    }
  | { readonly do: 'restore'; readonly from: string; readonly wait?: number }
  | { readonly do: 'verify'; readonly from: string; readonly wait?: number }
  | { readonly do: 'list' }
  /** These two are for the order that is being carried out. */
  | { readonly do: 'cancel' }
  | { readonly do: 'go' };

/** A line of its standard output: what is going on, and at last what came of it. */
export type MediaAnswer =
  | { readonly phase: string }
  | {
      /** `done`, or the code of the error. */
      readonly outcome: string;
      readonly message: string;
      readonly milliseconds: number;
      readonly copies?: readonly CopyReport[];
      /** SHA-256 of what was restored. */
      readonly sha256?: string;
      readonly backups?: readonly { readonly file: string; readonly outcome: string }[];
      readonly media?: unknown;
    };

type Result = Omit<
  Extract<MediaAnswer, { outcome: string }>,
  'outcome' | 'message' | 'milliseconds'
>;

// Of the lab, and of nobody else: a guest that was started anew has to open what another one sealed.
const identity = X25519Identity.parse(encodeBech32('AGE-SECRET-KEY-', Buffer.alloc(32, 7)));

const media = removableMedia({ protected: ['PROTECTED'] });
const instance = instanceAt({ folder: '/root/state' });
let control = new AbortController();
let go = Promise.withResolvers<undefined>();

function say(answer: MediaAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function runFor(wait: number): Run {
  let phase = '';
  const deadline = performance.now() + wait * 1000;
  return {
    instance,
    media,
    signal: control.signal,
    factors: {
      newPassword: async () => Secret.fromText(''),
      password: async () => null,
      identities: async () => [identity],
    },
    mediumSource: {
      waitForMedium: async () => {
        say({ phase: 'waiting' });
        return deadline - performance.now();
      },
      mediumFound: ({ volume }) => say({ phase: `found ${volume.node}` }),
    },
    onProgress(progress) {
      if (progress.phase === phase) return;
      phase = progress.phase;
      say({ phase });
    },
  };
}

/** The same bytes wherever they are made. */
function secretBytes(name: string, size: number): Uint8Array {
  return Buffer.alloc(size, createHash('sha512').update(name).digest());
}

function sourceOf(name: string, size: number, pause: boolean): SecretSource {
  return {
    name,
    kind: 'file',
    open: async () => ({
      size,
      content: (async function* () {
        if (pause) {
          say({ phase: 'paused' });
          await go.promise;
        }
        yield secretBytes(name, size);
      })(),
      finish: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}

async function carryOut(order: MediaOrder): Promise<Result> {
  switch (order.do) {
    case 'backup': {
      const run = runFor(order.wait ?? 0);
      const to = [];
      for (const place of order.to) {
        const wanted = { selector: parseSelector(place), count: order.copies ?? 1 };
        const chosen = await chooseVolumes({ ...wanted, access: 'write' }, run);
        to.push(...chosen.map((it) => ({ kind: 'medium', chosen: it }) as const));
      }
      const source = sourceOf(order.name, order.size, order.pause ?? false);
      const envelopes = [`recipient(${identity.recipient().toString()})`];
      const { keep, eject = false } = order;
      const { copies } = await backupToMedia({ source, envelopes, to, keep, eject }, run);
      return { copies };
    }
    case 'restore': {
      const run = runFor(order.wait ?? 0);
      const selector = parseSelector(order.from);
      await using medium = await openMedium(selector, run);
      const { path } = await pickBackup(medium.backups, selector.item, undefined);
      const hash = createHash('sha256');
      const to = {
        kind: 'stream',
        where: 'nowhere',
        accepts: ['file'],
        async consume(plaintext: AsyncIterable<Uint8Array>) {
          for await (const bytes of plaintext) hash.update(bytes);
          return null;
        },
      } as const;
      await restore({ from: path, to, pastCache: true }, run);
      return { sha256: hash.digest('hex') };
    }
    case 'verify': {
      const { backups } = await verifyMedium(
        parseSelector(order.from),
        { withFactors: true },
        runFor(order.wait ?? 0),
      );
      return {
        backups: backups.map(({ file, failure }) => ({ file, outcome: failure?.code ?? 'whole' })),
      };
    }
    case 'list':
      return { media: await media.list() };
    case 'cancel':
    case 'go':
      return {};
  }
}

async function answer(order: MediaOrder): Promise<void> {
  control = new AbortController();
  go = Promise.withResolvers<undefined>();
  const start = performance.now();
  const after = (): number => Math.round(performance.now() - start);
  try {
    const result = await carryOut(order);
    say({ outcome: 'done', message: '', milliseconds: after(), ...result });
  } catch (error) {
    const code = error instanceof HoldfastError ? String(error.code) : 'UNTYPED';
    const message =
      error instanceof Error ? (code === 'UNTYPED' ? error.stack : error.message) : '';
    say({ outcome: code, message: message ?? '', milliseconds: after() });
  }
}

let last = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as MediaOrder;
  if (order.do === 'cancel') control.abort();
  else if (order.do === 'go') go.resolve(undefined);
  else last = last.then(async () => await answer(order));
}
await last;
