export { type EmbeddedPostgres, startEmbedded } from './db/embedded.ts';
