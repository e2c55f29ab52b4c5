export { openCatalog } from './open-catalog.ts';
export { entryHash, NO_ENTRY } from './audit/entry.ts';
export { headText } from './audit/head-text.ts';
export { catalogError, type CatalogErrorCode } from './errors.ts';
export type {
  Action,
  ActionName,
  BackupFacts,
  CatalogEvent,
  CopyCheck,
  CopyFacts,
  CustodianFacts,
  DrillFacts,
  EnvelopeFacts,
  FactorFacts,
  JobBegun,
  JobPlace,
  MediumFacts,
  PlaceFacts,
  RebuildFacts,
  SecretFacts,
  ShareFacts,
  Subject,
} from './events.ts';
export type { AccessFacts, AccessRow, ScheduleFacts, ScheduleRow } from './service-events.ts';
export type { CatalogPlace, OpenCatalogOptions } from './place.ts';
export type {
  Actor,
  AuditEntry,
  AuditFilter,
  BackupRow,
  Catalog,
  ChainFault,
  ChainReport,
  CheckHead,
  CopyRow,
  CustodianRow,
  DrillRow,
  HeadSigner,
  JobRow,
  MediumRow,
  OpenCatalog,
  RecordedEvent,
  SecretRow,
  SignedHead,
  TokenRow,
} from './ports.ts';
export type { Page, Paged } from './paging.ts';
export type {
  ClaimedJob,
  Delivery,
  JobQueue,
  Json,
  KeptAnswer,
  ScheduleRun,
  ServiceJob,
  ServiceJobEvent,
  ServiceJobState,
  ServiceServer,
  ServiceTables,
} from './service/ports.ts';
