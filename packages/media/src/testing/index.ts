export {
  asNobody,
  mountImage,
  mountTmpfs,
  needRoot,
  pull,
  remountReadOnly,
  runInjected,
  type Ending,
  type Mounted,
} from './faults.ts';
export {
  openLoopMedia,
  openMountOver,
  unmountAt,
  type LoopMedia,
  type MountedAs,
  type Stick,
  type StickOptions,
} from './loop-media.ts';
export { aDisk, aPart, mountedAt, toldSystem, type ToldSystem } from './disks.ts';
