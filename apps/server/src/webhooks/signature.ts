import { createHmac } from 'node:crypto';

/**
 * The headers of one message, by the Standard Webhooks specification 1.0.0: the receiver checks that it came from
 * here, was not altered, and is not an old one again.
 */
export function signedHeaders(
  message: { readonly id: string; readonly body: string },
  secret: Uint8Array,
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const mac = createHmac('sha256', secret).update(signed).digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
}

const PREFIX = 'whsec_';

/** The bytes of a secret as its file has it: `whsec_` and base64, or any one line. `null`: there is none. */
export function secretBytes(text: string): Uint8Array | null {
  const line = text.trim();
  if (line.startsWith(PREFIX)) {
    const bytes = Buffer.from(line.slice(PREFIX.length), 'base64');
    return bytes.length === 0 ? null : bytes;
  }
  return line === '' ? null : Buffer.from(line, 'utf8');
}
