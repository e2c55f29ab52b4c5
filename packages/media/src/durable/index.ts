export {
  assertDestination,
  openStagedFile,
  temporaryName,
  type StagedFile,
  type StagingOptions,
} from './staged-file.ts';
export { writeFileDurably } from './write-file.ts';
export { assertAnotherFile } from './another-file.ts';
export { cannotLink, keepNumbered, numberedNames, type Kept } from './keep-numbered.ts';
export { applyPermissions, permitted } from './permissions.ts';
export { findPlace, lstatOrNull, type Place } from './place.ts';
export { syncFolder } from './sync-folder.ts';
export { destinationError } from './destination-error.ts';
export { isMediumError, isSystemError, type SystemError } from './system-error.ts';
export { mediaError, type MediaErrorCode } from '../errors.ts';
