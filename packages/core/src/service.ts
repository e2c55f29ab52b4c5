/** What the HTTP service needs beside the use cases, and what it keeps in the catalog. */
export { cleanUnfinished } from './media/clean-unfinished.ts';
export { reconcileJobs } from './record/reconcile.ts';
export {
  openKnownCopy,
  type KnownCopyRequest,
  type OpenKnownCopy,
} from './register/open-known-copy.ts';
export { liveSource } from './drill/live-source.ts';
export { armoredContribution } from './quorum/contribution.ts';
export type {
  AccessRow,
  AuditEntry,
  BackupRow,
  Catalog,
  CatalogEvent,
  ClaimedJob,
  CopyRow,
  Delivery,
  DrillRow,
  JobQueue,
  Json,
  KeptAnswer,
  MediumRow,
  Page,
  Paged,
  ScheduleRow,
  ScheduleRun,
  ServiceJob,
  ServiceJobEvent,
  ServiceJobState,
  ServiceServer,
  ServiceTables,
  TokenRow,
} from '@holdfast/catalog';
export { isBad } from './policy/standing.ts';
