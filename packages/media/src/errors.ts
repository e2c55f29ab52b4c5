import { HoldfastError } from '@holdfast/age';

const REMEDIES = {
  DESTINATION_EXISTS: 'Choose another name, or replace it with --force.',
  DESTINATION_INVALID: 'Choose another destination.',
  DESTINATION_UNWRITABLE: 'Choose a folder that you may write to.',
  NO_SPACE: 'Free some space there, or choose another destination.',
  READ_ONLY: 'Choose a destination that is not read-only.',
  DESTINATION_LOST: 'The file system went away or fails; check the medium, then run it again.',
  READ_BACK_MISMATCH: 'The destination did not keep what was written; do not use that medium.',
  READ_BACK_IMPOSSIBLE:
    'Unmount it and let Holdfast mount it itself, or run this as root: then it can be read back.',

  MEDIA_UNSUPPORTED: 'Mount the medium yourself, and name a folder on it as the destination.',
  MEDIUM_SELECTOR_INVALID:
    'Write usb for the only stick, or usb:LABEL, usb:UUID, usb:SERIAL or usb:/dev/NODE.',
  MEDIUM_NOT_FOUND: 'Plug it in; holdfast media list shows what is there, and why it is not used.',
  MEDIUM_AMBIGUOUS: 'Name one of them: usb:LABEL, usb:UUID or usb:/dev/NODE.',
  MEDIUM_REFUSED: 'Use another stick; holdfast media list says why this one is not used.',
  MEDIUM_CHANGED: 'Plug in the stick that was meant, leave it in, and run it again.',
  MOUNT_FAILED: 'Check it with the tools of its file system (fsck, ntfsfix), or use another stick.',
  MEDIUM_BUSY: 'Close what uses it, then run: holdfast media eject.',
  EJECT_FAILED: 'Unmount it before you pull it out.',
} as const;

/** The codes that this package throws, besides those of packages/age. */
export type MediaErrorCode = keyof typeof REMEDIES;

/** Makes a typed error of this package, with the remedy that belongs to its code. */
export function mediaError(
  code: MediaErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<MediaErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
