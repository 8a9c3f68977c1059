import { handlers } from './handlers/index.ts';

export { type Config, readConfig, settings } from './config.ts';
export { type RunningServer, startServer } from './server.ts';

/** Names of the operations that have a handler. */
export const served = {
  s3: Object.keys(handlers.s3),
  ds3: Object.keys(handlers.ds3),
} as const;
