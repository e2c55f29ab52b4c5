export { openPostgres, type PostgresServer } from '@holdfast/catalog/testing';
