export { type Config, readConfig, settings } from './config.ts';
export { type RunningServer, startServer } from './server.ts';
