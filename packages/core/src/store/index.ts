export {
  storeOf,
  type SecretStore,
  type StagedSecret,
  type StagingMode,
  type StoredSecret,
  type StoredVersion,
} from './store.ts';
