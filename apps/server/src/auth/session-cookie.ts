import type { IncomingMessage } from 'node:http';

const VALUE = /^[\w-]{43}$/;

/** Over TLS the name binds it to this one host: no other can set it, or one for a path of its own. */
function nameOf(isTls: boolean): string {
  return isTls ? '__Host-holdfast' : 'holdfast';
}

function attributesOf(isTls: boolean): string {
  return `Path=/; ${isTls ? 'Secure; ' : ''}HttpOnly; SameSite=Strict`;
}

/** The Set-Cookie of a session that begins. */
export function cookieFor(value: string, isTls: boolean): string {
  return `${nameOf(isTls)}=${value}; ${attributesOf(isTls)}`;
}

/** The Set-Cookie of one that has ended. */
export function noCookie(isTls: boolean): string {
  return `${nameOf(isTls)}=; ${attributesOf(isTls)}; Max-Age=0`;
}

/** `null`: there is none, or there are several, of which somebody else may have set one. */
export function cookieIn({ headers }: IncomingMessage, isTls: boolean): string | null {
  const start = `${nameOf(isTls)}=`;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const values = pairs.filter((pair) => pair.startsWith(start)).map((it) => it.slice(start.length));
  const [value] = values;
  return value !== undefined && values.length === 1 && VALUE.test(value) ? value : null;
}
