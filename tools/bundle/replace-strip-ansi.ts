export { stripVTControlCharacters as default } from 'node:util';
