export { backup, type BackupReport, type BackupRequest } from './backup.ts';
export { restore, type RestoreReport, type RestoreRequest } from './restore.ts';
export { inspect, type Inspection } from './inspect.ts';
export { verify, type Verification, type VerifyRequest } from './verify.ts';
export {
  changeEnvelopes,
  type EnvelopeChange,
  type EnvelopeChangeReport,
} from './change-envelopes.ts';
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
  FactorSource,
  FileTarget,
  MediumChoice,
  MediumSource,
  MediumWait,
  OpenSource,
  PasswordRequest,
  PayloadKind,
  Progress,
  RestoreTarget,
  SecretSource,
  StreamTarget,
  TokenWait,
} from './ports.ts';

export { assertDestination } from '@holdfast/media/durable';
export { coreError, type CoreErrorCode, type ErrorCode } from './errors.ts';
export {
  HoldfastError,
  Secret,
  openIdentityFile,
  servePlugin,
  type Identity,
  type PluginConversation,
  type PluginHandlers,
  type PluginIo,
  type Recipient,
} from '@holdfast/age';
export { VERSION } from './version.ts';

export { loadConfig, type Config } from './config/config.ts';
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
export { toCommand, toFile, toFolder, toStdout } from './targets/index.ts';

export { assessPassword, checkHint, type PasswordAssessment } from './password/index.ts';

export {
  storeOf,
  type SecretStore,
  type StagedSecret,
  type StagingMode,
  type StoredSecret,
  type StoredVersion,
} from './store/index.ts';
