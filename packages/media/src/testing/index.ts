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
