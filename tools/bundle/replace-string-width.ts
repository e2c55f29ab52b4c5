export { textWidth as default } from './text-width.ts';
