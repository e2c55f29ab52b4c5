/** The ids that everyone computes alike, without the code that stores anything. */
export { copyId, type CopyName } from './copy-id.ts';
export { mediumId } from './medium-id.ts';
