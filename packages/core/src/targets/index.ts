export { toFile } from './file.ts';
export { toFolder } from './folder.ts';
export { toStdout } from './stdout.ts';
export { toCommand } from './command.ts';
export { toRecipient } from './recipient.ts';
