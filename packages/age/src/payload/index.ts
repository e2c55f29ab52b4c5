export { digestFile } from './digest-file.ts';
export { DirectReader, readDirect } from './direct-read.ts';
export { openFile, type DecryptedFile } from './open-file.ts';
export { openStream } from './open-stream.ts';
export { PlaintextDigest } from './plaintext-digest.ts';
export { sealFile } from './seal-file.ts';
export { sealStream } from './seal-stream.ts';
