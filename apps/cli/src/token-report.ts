import type {
  CustodyClaims,
  Enrolment,
  KeyDetails,
  KeyProof,
  KeyReport,
  ModuleReport,
  TokenInfo,
  TokenReport,
} from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, warningRows, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

const ALGORITHM: Readonly<Record<KeyDetails['algorithm'], string>> = {
  p256: 'EC P-256',
  rsa: 'RSA',
  aes: 'AES',
  hmac: 'HMAC',
};

export function tokenListLines(
  found: { readonly modules: readonly ModuleReport[]; readonly enrolled: readonly Enrolment[] },
  output: Output,
): string[] {
  const { modules, enrolled } = found;
  const here =
    modules.length === 0
      ? ['No PKCS#11 module was found: name one with --module.']
      : modules.flatMap((module) => moduleLines(module, output));
  if (enrolled.length === 0) return here;
  const rows = enrolled.map(({ alias, details, tested }) => [
    alias,
    keyOnToken(details),
    `tested ${tested}`,
  ]);
  return [...here, 'enrolled', ...table(rows)];
}

function moduleLines({ path, library, slots, error }: ModuleReport, { paint }: Output): string[] {
  const name = library === null ? '' : `  ${printable(library.description)} ${library.version}`;
  if (error !== null) return [path, `  ${paint('red', error.code)}  ${error.message}`];
  const rows = slots.map(({ id, description, token }) =>
    token === null
      ? [`slot ${id}`, 'no token', printable(description), '']
      : [
          `slot ${id}`,
          token.initialized ? printable(token.label) : 'not initialized',
          token.serial === '' ? '' : `serial ${printable(token.serial)}`,
          flagsOf(token).join(', '),
        ],
  );
  return [`${path}${name}`, ...(rows.length === 0 ? ['  no slots'] : table(rows))];
}

/** What its holder should know before using it. */
function flagsOf(token: TokenInfo): string[] {
  const tries = {
    full: '',
    low: 'PIN tries low',
    last: 'last PIN try',
    locked: 'PIN locked',
  }[token.pinTries];
  return [
    tries,
    token.initialized && token.loginRequired && !token.pinSet ? 'no PIN set' : '',
    token.pinExpired ? 'PIN expired' : '',
    token.writeProtected ? 'read-only' : '',
    token.pinPad ? 'PIN pad' : '',
  ].filter((flag) => flag !== '');
}

/** Those that Holdfast would use, of the hundred that a token may have. */
const OF_USE: readonly string[] = [
  'CKM_ECDH1_DERIVE',
  'CKM_RSA_PKCS_OAEP',
  'CKM_RSA_X_509',
  'CKM_AES_CMAC',
  'CKM_SHA256_HMAC',
];

export function tokenLines(report: TokenReport, output: Output): string[] {
  const { uri, module, slot, token, loggedIn, mechanisms, keys } = report;
  const ofUse = mechanisms.filter(({ name }) => OF_USE.includes(name));
  const flags = flagsOf(token);
  return [
    printable(token.label),
    ...columns([
      ['uri', uri],
      ['module', module],
      ['slot', slot],
      ['model', printable([token.manufacturer, token.model].filter(Boolean).join(', '))],
      ['serial', printable(token.serial)],
      ['can do', ofUse.length === 0 ? null : ofUse.map(({ name }) => name.slice(4)).join(', ')],
      ['state', flags.length === 0 ? null : flags.join(', ')],
      ['shown', loggedIn ? 'after a login' : 'what needs no login (--login shows all)'],
    ]),
    keys.length === 0 ? 'no keys' : 'keys',
    ...keys.flatMap((key) => keyLines(key, output)),
  ];
}

function keyLines(key: KeyReport, { paint }: Output): string[] {
  const kind = key.algorithm === null ? 'another kind' : ALGORITHM[key.algorithm];
  const size = key.algorithm !== 'p256' && key.bits !== null ? ` ${String(key.bits)}` : '';
  const verdict =
    key.unusable === null
      ? paint('green', 'can serve')
      : `${paint('red', 'cannot serve')}: ${key.unusable}`;
  return [
    `  ${printable(key.label)}  ${kind}${size}${key.id === '' ? '' : `, id ${key.id}`}`,
    ...columns([
      ['  ', verdict],
      ['  ', key.alwaysAuthenticate ? 'asks for the PIN at every use' : null],
      ['  ', key.claims === null ? null : claimsInWords(key.claims)],
      ...key.warnings.map((warning) => ['  ', `${paint('yellow', 'mind')}: ${warning}`] as const),
      ['  ', key.recipient],
      ['  ', key.uri],
    ]),
  ];
}

/** A token says so itself; nobody else vouches for it. */
function claimsInWords(claims: CustodyClaims): string {
  const said = (value: boolean | null, yes: string, no: string): string =>
    value === null ? '' : value ? yes : no;
  const words = [
    said(claims.local, 'was made on it', 'was imported'),
    claims.extractable === true
      ? 'can leave it'
      : said(claims.neverExtractable, 'could never leave it', 'cannot leave it now'),
    said(claims.sensitive, '', 'can be read in clear'),
  ].filter((word) => word !== '');
  return words.length === 0
    ? 'the token claims nothing about it'
    : `the token claims: ${words.join(', ')}`;
}

type NewKeyReport = KeyDetails & {
  readonly claims: CustodyClaims | null;
  readonly recipient: string;
};

export function newKeyLines(report: NewKeyReport, { paint }: Output): string[] {
  return [
    `${paint('green', 'made')} ${keyOnToken(report)}`,
    ...columns([
      ['id', report.id],
      ['fingerprint', report.fingerprint],
      ['custody', report.claims === null ? null : claimsInWords(report.claims)],
      ['recipient', report.recipient],
    ]),
    'There is one of it only: what is sealed to it alone is lost with the token.',
  ];
}

export function enrolmentLines(enrolment: Enrolment, output: Output): string[] {
  const { alias, uri } = enrolment;
  return [
    `${output.paint('green', 'enrolled')} ${alias}`,
    ...columns([...proofRows(enrolment), ['uri', uri]]),
  ];
}

export function proofLines(proof: KeyProof, output: Output): string[] {
  return [
    `${output.paint('green', 'proven')} by sealing to it and opening again`,
    ...columns(proofRows(proof)),
  ];
}

function proofRows({
  details,
  stanza,
  tried,
  alwaysAuthenticate,
  claims,
  warnings,
}: KeyProof): Row[] {
  return [
    ['key', `${keyInWords(details)}, id ${details.id}`],
    ['token', tokenInWords(details.token)],
    ['fingerprint', details.fingerprint],
    ['files', `stanza ${stanza}`],
    ...tried.map(({ way, works }, place): [string, string] => [
      place === 0 ? 'tried' : '',
      `${way}: ${works ? 'works' : 'not on this token'}`,
    ]),
    ['PIN', alwaysAuthenticate ? 'asked for at every use' : null],
    ['custody', claimsInWords(claims)],
    ...warningRows(warnings),
  ];
}

/** Which key, and where it lives. */
export function keyOnToken(details: KeyDetails): string {
  return `${keyInWords(details)} on ${tokenInWords(details.token)}`;
}

function keyInWords({ label, algorithm }: Pick<KeyDetails, 'label' | 'algorithm'>): string {
  return `${printable(label)} (${ALGORITHM[algorithm]})`;
}

function tokenInWords({ label, serial }: KeyDetails['token']): string {
  return `token ${printable(label)} (serial ${printable(serial)})`;
}
