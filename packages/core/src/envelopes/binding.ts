import { parseIdentityFile, Secret, X25519Identity, type IdentityFile } from '@holdfast/age';
import { coreError } from '../errors.ts';

/** What ties an envelope to the one backup, payload and place that it was made for. */
export interface Binding {
  readonly backup: string;
  readonly envelope: number;
  /** Digest of `secret.age`, as in the manifest. */
  readonly payload: string;
  /** Digest of what `secret.age` holds; only inside envelopes, for it would betray a guessable secret. */
  readonly plaintext: string;
}

/** What an envelope holds when its last factor is off. */
export interface EnvelopeContent {
  readonly binding: Binding;
  readonly identity: X25519Identity;
}

const LABELS = ['holdfast-backup', 'envelope', 'payload-digest', 'plaintext-digest'] as const;

/**
 * The plaintext of an envelope: an age identity file whose comment lines are the binding.
 * The result is the caller's to dispose.
 */
export function openEnvelopeText(binding: Binding, identity: Secret): Secret {
  const values = [binding.backup, binding.envelope, binding.payload, binding.plaintext];
  const comments = LABELS.map((label, place) => `# ${label}: ${String(values[place])}\n`).join('');
  const head = new TextEncoder().encode(comments);
  const text = new Uint8Array(head.length + identity.bytes.length + 1);
  text.set(head);
  text.set(identity.bytes, head.length);
  text[text.length - 1] = 0x0a;
  return Secret.take(text);
}

/**
 * Reads the plaintext of an envelope.
 *
 * @throws PARTS_MISMATCH when it is no envelope of Holdfast
 */
export function parseEnvelopeText(text: Uint8Array): EnvelopeContent {
  const { identities, comments } = identitiesIn(text);
  const [identity, ...more] = identities;
  const values = LABELS.map((label, place) => {
    const [name, value, ...rest] = comments[place]?.split(': ') ?? [];
    return name === label && rest.length === 0 ? value : undefined;
  });
  const [backup, envelope, payload, plaintext] = values;
  if (
    !(identity instanceof X25519Identity) ||
    more.length > 0 ||
    comments.length !== LABELS.length ||
    backup === undefined ||
    envelope === undefined ||
    payload === undefined ||
    plaintext === undefined
  ) {
    throw coreError('PARTS_MISMATCH', 'an envelope opened, but does not say what it belongs to');
  }
  return { binding: { backup, envelope: Number(envelope), payload, plaintext }, identity };
}

function identitiesIn(text: Uint8Array): IdentityFile {
  try {
    return parseIdentityFile(text);
  } catch (cause) {
    throw coreError('PARTS_MISMATCH', 'an envelope opened, but holds no identity', { cause });
  }
}
