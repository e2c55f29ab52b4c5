import { execFile } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CKA, CKK, CKM, CKO } from '../module/cryptoki-constants.ts';
import type { SlotInfo, TokenInfo, TokenPlace } from '../ports.ts';
import type { MakeCall, PlainAttribute } from './softhsm-make.ts';

const run = promisify(execFile);

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const MAKE = join(import.meta.dirname, 'softhsm-make.ts');
const CURVES = { p256: '06082a8648ce3d030107', p384: '06052b81040022' } as const;

/** A token of a {@link SoftHsm}. */
export interface SoftHsmToken {
  readonly label: string;
  readonly serial: string;
  readonly pin: string;
  readonly soPin: string;
  /** For {@link TokenPlace}. SoftHSM tells slots from serial numbers, so it stays until the token is initialized anew. */
  readonly slot: string;
  readonly place: TokenPlace;
}

/** A key as no product code would make it; by default as good as what `generate` makes. */
export interface SoftHsmKey {
  readonly label: string;
  /** Hexadecimal. */
  readonly id: string;
  readonly kind: 'p256' | 'p384' | 'rsa' | 'aes' | 'hmac';
  /** Of RSA; 2048. */
  readonly bits?: number;
  /** Not made on the token: a private key of node:crypto, or the bytes of a secret one. */
  readonly imported?: KeyObject | Uint8Array;
  readonly extractable?: boolean;
  readonly alwaysAuthenticate?: boolean;
  /** Neither derive, nor decrypt, nor sign. */
  readonly useless?: boolean;
  /** Whether there is an object for the public key, too. */
  readonly publicObject?: boolean;
}

/** SoftHSM with a folder of its own, for one test file. */
export interface SoftHsm extends AsyncDisposable {
  /** Path of the module. */
  readonly module: string;
  readonly folder: string;
  readonly environment: { readonly SOFTHSM2_CONF: string };
  /** Before a module process starts: SoftHSM sees no tokens that came later. */
  addToken(label: string, pin?: string, soPin?: string): Promise<SoftHsmToken>;
  addKey(token: SoftHsmToken, key: SoftHsmKey): Promise<void>;
  addCertificate(
    token: SoftHsmToken,
    certificate: { readonly label: string; readonly id: string; readonly der: Uint8Array },
  ): Promise<void>;
}

/** What is in the slots, by label. Throws when there is none with it. */
export function tokenNamed(
  slots: readonly SlotInfo[],
  label: string,
): SlotInfo & { token: TokenInfo } {
  const slot = slots.find(({ token }) => token?.label === label);
  const token = slot?.token ?? null;
  if (slot === undefined || token === null) throw new Error(`no token ${label}`);
  return { ...slot, token };
}

/** Module processes inherit the environment: set `process.env.SOFTHSM2_CONF` to `environment.SOFTHSM2_CONF`. */
export async function openSoftHsm(): Promise<SoftHsm> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-softhsm-'));
  const configuration = join(folder, 'softhsm2.conf');
  await mkdir(join(folder, 'tokens'));
  await writeFile(
    configuration,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const environment = { SOFTHSM2_CONF: configuration };

  const make = async (token: SoftHsmToken | null, calls: readonly MakeCall[]): Promise<string> => {
    const env = { ...process.env, ...environment };
    const child = run(process.execPath, [MAKE], { env });
    const { label = null, pin = null } = token ?? {};
    child.child.stdin?.end(
      JSON.stringify({ module: MODULE, label, pin, serial: token?.serial, calls }),
    );
    return (await child).stdout;
  };

  return {
    module: MODULE,
    folder,
    environment,
    async addToken(label, pin = '123456', soPin = '87654321') {
      const env = { ...process.env, ...environment };
      const pins = ['--pin', pin, '--so-pin', soPin];
      const { stdout } = await run(
        'softhsm2-util',
        ['--init-token', '--free', '--label', label, ...pins],
        { env },
      );
      // "The token has been initialized and is reassigned to slot 123".
      const slot = /slot (\d+)/.exec(stdout)?.[1];
      if (slot === undefined) throw new Error(`softhsm2-util said: ${stdout}`);
      const serial = (Number(slot) & 0x7fffffff).toString(16).padStart(16, '0');
      const listing = await run('softhsm2-util', ['--show-slots'], { env });
      const section = listing.stdout.split(/^Slot /m).find((text) => text.startsWith(`${slot}\n`));
      const shown = /Serial number:\s*(\S+)/.exec(section ?? '')?.[1] ?? serial;
      return { label, serial: shown, pin, soPin, slot, place: { slot, label, serial: shown } };
    },
    async addKey(token, key) {
      await make(token, callsFor(key));
    },
    async addCertificate(token, { label, id, der }) {
      await make(token, [
        {
          name: 'C_CreateObject',
          templates: [
            [
              [CKA.CLASS, CKO.CERTIFICATE],
              [0x80, 0],
              [CKA.TOKEN, true],
              [CKA.LABEL, hex(Buffer.from(label))],
              [CKA.ID, id],
              [0x101, ''],
              [CKA.VALUE, hex(der)],
            ],
          ],
        },
      ]);
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function callsFor(key: SoftHsmKey): MakeCall[] {
  const { publicObject = true, extractable = false, useless = false } = key;
  const named: PlainAttribute[] = [
    [CKA.TOKEN, true],
    [CKA.LABEL, hex(Buffer.from(key.label))],
    [CKA.ID, key.id],
  ];
  const uses = {
    p256: CKA.DERIVE,
    p384: CKA.DERIVE,
    rsa: CKA.DECRYPT,
    aes: CKA.SIGN,
    hmac: CKA.SIGN,
  };
  const secret: PlainAttribute[] = [
    ...named,
    [CKA.PRIVATE, true],
    [CKA.SENSITIVE, !extractable],
    [CKA.EXTRACTABLE, extractable],
    ...[CKA.DERIVE, CKA.DECRYPT, CKA.SIGN, CKA.UNWRAP].map((type): PlainAttribute => [
      type,
      !useless && type === uses[key.kind],
    ]),
    ...(key.alwaysAuthenticate === true
      ? [[CKA.ALWAYS_AUTHENTICATE, true] satisfies PlainAttribute]
      : []),
  ];
  if (key.imported !== undefined) return imported(key, named, secret);
  const drop: MakeCall[] = publicObject
    ? []
    : [
        {
          name: 'destroy',
          templates: [
            [
              [CKA.CLASS, CKO.PUBLIC_KEY],
              [CKA.ID, key.id],
            ],
          ],
        },
      ];
  switch (key.kind) {
    case 'p256':
    case 'p384':
      return [
        {
          name: 'C_GenerateKeyPair',
          mechanism: CKM.EC_KEY_PAIR_GEN,
          templates: [[...named, [CKA.EC_PARAMS, CURVES[key.kind]]], secret],
        },
        ...drop,
      ];
    case 'rsa':
      return [
        {
          name: 'C_GenerateKeyPair',
          mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN,
          templates: [
            [...named, [CKA.MODULUS_BITS, key.bits ?? 2048], [CKA.PUBLIC_EXPONENT, '010001']],
            secret,
          ],
        },
        ...drop,
      ];
    case 'aes':
      return [
        {
          name: 'C_GenerateKey',
          mechanism: CKM.AES_KEY_GEN,
          templates: [[...secret, [CKA.VALUE_LEN, 32]]],
        },
      ];
    case 'hmac':
      return [
        {
          name: 'C_GenerateKey',
          mechanism: CKM.GENERIC_SECRET_KEY_GEN,
          templates: [[...secret, [CKA.VALUE_LEN, 32]]],
        },
      ];
  }
}

function imported(key: SoftHsmKey, named: PlainAttribute[], secret: PlainAttribute[]): MakeCall[] {
  const object = (...parts: PlainAttribute[]): MakeCall => ({
    name: 'C_CreateObject',
    templates: [parts],
  });
  const { kind, imported: from, publicObject = true } = key;
  if (from instanceof Uint8Array) {
    const type = kind === 'aes' ? CKK.AES : CKK.GENERIC_SECRET;
    return [
      object([CKA.CLASS, CKO.SECRET_KEY], [CKA.KEY_TYPE, type], ...secret, [CKA.VALUE, hex(from)]),
    ];
  }
  const jwk = from?.export({ format: 'jwk' }) ?? {};
  const part = (name: string): string =>
    Buffer.from(String((jwk as Record<string, unknown>)[name]), 'base64url').toString('hex');
  const type = kind === 'rsa' ? CKK.RSA : CKK.EC;
  const own: PlainAttribute[] =
    kind === 'rsa'
      ? ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name, index) => [
          CKA.MODULUS + [0, 2, 3, 4, 5, 6, 7, 8][index]!,
          part(name),
        ])
      : [
          [CKA.EC_PARAMS, CURVES[kind === 'p384' ? 'p384' : 'p256']],
          [CKA.VALUE, part('d')],
        ];
  const shared: PlainAttribute[] =
    kind === 'rsa'
      ? [
          [CKA.MODULUS, part('n')],
          [CKA.PUBLIC_EXPONENT, part('e')],
        ]
      : [
          [CKA.EC_PARAMS, CURVES[kind === 'p384' ? 'p384' : 'p256']],
          [CKA.EC_POINT, octetString(`04${part('x')}${part('y')}`)],
        ];
  const calls = [object([CKA.CLASS, CKO.PRIVATE_KEY], [CKA.KEY_TYPE, type], ...secret, ...own)];
  if (publicObject) {
    calls.push(object([CKA.CLASS, CKO.PUBLIC_KEY], [CKA.KEY_TYPE, type], ...named, ...shared));
  }
  return calls;
}

function octetString(content: string): string {
  return `04${(content.length / 2).toString(16).padStart(2, '0')}${content}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
