export { sourceFromFile } from './file.ts';
export { sourceFromFiles } from './files.ts';
export { sourceFromStdin } from './stdin.ts';
export { sourceFromCommand } from './command.ts';
