export { encrypt, encryptStream } from './encrypt.ts';
export { decrypt, decryptStream } from './decrypt.ts';
export { encryptFile } from './encrypt-file.ts';
export { decryptFile } from './decrypt-file.ts';
export {
  DirectReader,
  digestFile,
  PlaintextDigest,
  readDirect,
  type DecryptedFile,
} from './payload/index.ts';

export { generateIdentity, parseIdentity, parseRecipient } from './recipients/parse.ts';
export { openIdentityFile, parseIdentityFile, type IdentityFile } from './identity-file.ts';
export { X25519Identity, X25519Recipient } from './recipients/x25519.ts';
export { ScryptIdentity, ScryptRecipient } from './recipients/scrypt.ts';
export { HybridIdentity, HybridRecipient } from './recipients/hybrid.ts';
export { TagIdentity, TagRecipient, type Agree } from './recipients/tag.ts';
export {
  SSH_RSA_OAEP_LABEL,
  SshRsaIdentity,
  SshRsaRecipient,
  type DecryptOaep,
} from './recipients/ssh-rsa.ts';
export { unwrapWithAead as openFileKey, wrapWithAead as sealFileKey } from './recipients/aead.ts';

export { decodeBase64, encodeBase64 } from './encoding/base64.ts';
export { decodeBech32, encodeBech32 } from './encoding/bech32.ts';

export { readHeader } from './header/read.ts';
export { encodeHeader, parseHeader, type Header } from './header/header.ts';
export { unwrapHeader } from './header/unwrap.ts';
export { wrapHeader } from './header/wrap.ts';
export { openStream as decryptPayload, sealStream as encryptPayload } from './payload/index.ts';

export { armorStream, encodeArmor } from './armor/encode.ts';
export { dearmorStream, decodeArmor } from './armor/decode.ts';
export { isArmored } from './armor/format.ts';

export { servePlugin, type PluginHandlers } from './plugin/serve.ts';
export type { PluginConversation, PluginIo } from './plugin/conversation.ts';

export { throwIfCancelled } from './cancel.ts';
export { ageError, HoldfastError, type AgeErrorCode } from './error.ts';
export { Secret } from './secret.ts';
export type {
  FileInput,
  FileOutput,
  Identity,
  PayloadOptions,
  Recipient,
  SegmentDigests,
  Stanza,
} from './ports.ts';
