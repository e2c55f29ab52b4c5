import { tokenError } from '../errors.ts';
import type { Enrolment } from '../ports.ts';
import {
  array,
  boolean,
  matching,
  nullable,
  object,
  oneOf,
  text,
  type Check,
} from './check-shape.ts';

const hexadecimal = matching(/^(?:[\da-f]{2})*$/, 'lower-case hexadecimal');
const moment = matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'a time in UTC');
const claim = nullable(boolean);

const enrolment: Check<Enrolment> = object({
  alias: text,
  uri: text,
  details: object({
    token: object({ label: text, serial: text }),
    label: text,
    id: hexadecimal,
    algorithm: oneOf('p256', 'rsa', 'aes', 'hmac'),
    fingerprint: matching(/^(?:[\da-f]{32}|[\da-f]{64})$/, 'a fingerprint'),
  }),
  publicKey: nullable(matching(/^[A-Za-z\d+/]+={0,2}$/, 'base64')),
  stanza: text,
  tried: array(object({ way: text, works: boolean })),
  alwaysAuthenticate: boolean,
  claims: object({
    sensitive: claim,
    alwaysSensitive: claim,
    extractable: claim,
    neverExtractable: claim,
    local: claim,
  }),
  warnings: array(text),
  enrolled: moment,
  tested: moment,
});

const record = object({ format: oneOf('holdfast-token-1'), enrolment });

/** Reads the text of a record strictly. Throws TOKEN_RECORD_INVALID, naming `path` and what is wrong there. */
export function parseRecord(content: string, alias: string, path: string): Enrolment {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw invalid(path, 'it is not JSON', cause);
  }
  let read: Enrolment;
  try {
    read = record(value, 'it').enrolment;
  } catch (cause) {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (read.alias !== alias) throw invalid(path, 'it is of another alias');
  return read;
}

/** The text of a record: of `enrolment`, exactly what a record has. */
export function recordText(enrolled: Enrolment): string {
  const value = record({ format: 'holdfast-token-1', enrolment: enrolled }, 'it');
  return `${JSON.stringify(value, null, 2)}\n`;
}

function invalid(path: string, reason: string, cause?: unknown): Error {
  return tokenError('TOKEN_RECORD_INVALID', `${path} is no record of a token: ${reason}`, {
    cause,
  });
}
