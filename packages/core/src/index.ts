export { backup, type BackupReport, type BackupRequest } from './backup.ts';
export { restore, type RestoreReport, type RestoreRequest } from './restore.ts';
export { inspect, type Inspection } from './inspect.ts';
export { verify, type Verification, type VerifyRequest } from './verify.ts';
export {
  changeEnvelopes,
  type EnvelopeChange,
  type EnvelopeChangeReport,
} from './change-envelopes.ts';
export { assertDrilled, drill, type DrillReport, type DrillRequest } from './drill/drill.ts';
export {
  listDrills,
  showDrill,
  type DrillFilter,
  type ListedDrill,
  type ShownDrill,
} from './drill/list-drills.ts';
export { verifyReceipt, type VerifiedReceipt } from './drill/verify-receipt.ts';
export { sheet, type SheetReport, type SheetRequest } from './sheet/sheet.ts';
export { sheetFacts, type SheetCopy, type SheetCustodian, type SheetFacts } from './sheet/facts.ts';
export { renderSheet, type SheetFormat } from './sheet/render.ts';
export { status, type StatusRequest } from './status/status.ts';
export type {
  BackupStatus,
  CopyStatus,
  Finding,
  FindingCode,
  LiveStatus,
  MediumStatus,
  SecretStatus,
  Severity,
  State,
  StatusReport,
} from './status/report.ts';
export { metricsText } from './status/metrics.ts';
export { writeTextfile } from './status/textfile.ts';
export {
  createAccess,
  listAccess,
  revokeAccess,
  type Access,
  type AccessRequest,
} from './access/access.ts';
export { accessTokenHash, isAccessToken } from './access/access-token.ts';
export type { Run } from './run.ts';
export {
  assertAllCopies,
  backupToMedia,
  type CopiesReport,
  type CopiesRequest,
  type CopyReport,
  type CopyTarget,
} from './media/copies.ts';
export { chooseVolumes, nameOf } from './media/choose.ts';
export { openMedium, pickBackup, type OpenMedium } from './media/from-medium.ts';
export {
  assertAllSound,
  verifyMedium,
  type MediumVerification,
  type VerifiedBackup,
} from './media/verify-medium.ts';
export { findBackups, type FoundBackup } from './media/find-backups.ts';
export {
  addCustodian,
  changeCustodian,
  removeCustodian,
  type CustodianReport,
  type CustodianRequest,
} from './register/custodians.ts';
export { listCustodians, type ListedCustodian } from './register/list-custodians.ts';
export { openFileSink, openStreamSink, type AuditSink } from './audit/audit-sink.ts';
export { exportAudit, type ExportReport, type ExportRequest } from './audit/export-audit.ts';
export { parseSyslogAddress, type SyslogAddress } from './audit/syslog-address.ts';
export { openSyslogSink } from './audit/syslog-sink.ts';
export { assertAuditSound, verifyAudit, type AuditReport } from './audit/verify-audit.ts';
export { verifyExported, type ExportedReport } from './audit/verify-exported.ts';
export { auditPage, type AuditPageRequest } from './audit/audit-page.ts';
export { catalogFacts, type CatalogReport } from './record/catalog-facts.ts';
export { type FoundCopy, type SearchedPlace } from './record/found-copies.ts';
export { rebuildCatalog, type RebuildReport, type RebuildRequest } from './record/rebuild.ts';
export { parseDuration } from './policy/duration.ts';
export { admitMedia, type AdmissionRules } from './register/admit-media.ts';
export {
  describeMedium,
  forgetMedium,
  type DescribeMediumRequest,
} from './register/describe-medium.ts';
export {
  listMedia,
  type Clones,
  type CopyOnMedium,
  type MediaListing,
  type RegisteredMedium,
} from './register/list-media.ts';
export { nameOfRow } from './register/known-media.ts';
export { protectedMedia } from './register/protected-media.ts';
export {
  isSelector,
  parseSelector,
  removableMedia,
  type ChosenVolume,
  type Media,
  type MediaEvent,
  type Medium,
  type Volume,
} from '@holdfast/media';
export {
  tokenAccess,
  type CommonTokenAccess,
  type SharedTokens,
  type TokenAccess,
  type TokenAccessSettings,
} from './tokens/access.ts';
export type {
  CustodyClaims,
  Enrolment,
  KeyAlgorithm,
  KeyDetails,
  KeyProof,
  KeyReport,
  ModuleReport,
  ModuleSetting,
  NewKey,
  PinRequest,
  PinSource,
  PresentKey,
  SealingKey,
  TokenInfo,
  TokenReport,
  Tokens,
} from '@holdfast/token';

export { parseEnvelope, type EnvelopeExpression } from './envelopes/expression.ts';
export type { OpeningFailure } from './envelopes/opener.ts';
export type { Waiver } from './backup-file/manifest.ts';
export type { EnvelopeSummary } from './summary.ts';
export type {
  Contribution,
  CustodianAnswer,
  CustodianCall,
  FactorSource,
  FileTarget,
  MediumAdmission,
  MediumChoice,
  MediumSource,
  MediumWait,
  MediumWords,
  NewPasswordRequest,
  OpenSource,
  PasswordRequest,
  PayloadKind,
  Progress,
  RestoreTarget,
  SecretSource,
  StreamTarget,
  TokenWait,
} from './ports.ts';

export {
  catalogAccess,
  type CatalogAccess,
  type CatalogSettings,
} from './record/catalog-access.ts';
export { assertDestination } from '@holdfast/media/durable';
export { coreError, type CoreErrorCode, type ErrorCode } from './errors.ts';
export {
  HoldfastError,
  Secret,
  generateIdentity,
  openIdentityFile,
  parseRecipient,
  throwIfCancelled,
  type X25519Identity,
  servePlugin,
  type Identity,
  type PluginConversation,
  type PluginHandlers,
  type PluginIo,
  type Recipient,
} from '@holdfast/age';
export { VERSION } from './version.ts';

export {
  discover,
  type DiscoverProgress,
  type DiscoverRequest,
  type Discovery,
  type Unseen,
} from './discover/discover.ts';
export { type PathFacts, type Warning } from './discover/facts.ts';
export { type Find } from './discover/find.ts';
export { knownSecrets, type KnownSecret } from './discover/known.ts';
export { placesOf, type Preset } from './discover/preset.ts';
export { PRESETS } from './discover/presets.ts';

export { checkShare } from './quorum/check-share.ts';
export { contribute, type ContributeRequest, type Contributed } from './quorum/contribute.ts';
export type { ShareReport, ShareRequest } from './quorum/custodians-share.ts';
export { bindingLine, type ContributionPurpose } from './quorum/binding.ts';
export { makeSession, type Session } from './quorum/session.ts';

export { loadConfig, type Config } from './config/config.ts';
export type {
  ClientConfig,
  OidcConfig,
  ServerConfig,
  TargetConfig,
  WebhookConfig,
} from './config/server-config.ts';
export type { ServerRole, WebhookEvent } from './config/server-words.ts';
export type { SecretSetting } from './config/named-tables.ts';
export {
  assertNotViolated,
  checkPolicies,
  type CheckedBackup,
  type CheckedPolicy,
  type PolicyCheckRequest,
  type PolicyReport,
} from './policy/check-policies.ts';
export { assessEnvelopes } from './policy/assess-envelopes.ts';
export { durationText } from './policy/duration.ts';
export type { Losses, LossVerdict } from './policy/losses.ts';
export { policyNamed, type Policies, type Policy } from './policy/policy.ts';
export type { Violation } from './policy/violations.ts';
export { closest } from './config/closest.ts';

export { instanceAt, type Instance, type InstanceSettings } from './instance/instance.ts';
export { initInstance, type InitOptions, type InitReport } from './instance/init.ts';
export type { SignatureStatus } from './instance/signature-status.ts';
export type { Signer } from './instance/signer.ts';

export {
  sourceFromCommand,
  sourceFromFile,
  sourceFromFiles,
  sourceFromStdin,
} from './sources/index.ts';
export { toCommand, toFile, toFolder, toRecipient, toStdout } from './targets/index.ts';

export { assessPassword, checkHint, type PasswordAssessment } from './password/index.ts';

export {
  storeOf,
  type SecretStore,
  type StagedSecret,
  type StagingMode,
  type StoredSecret,
  type StoredVersion,
} from './store/index.ts';
