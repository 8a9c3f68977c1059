import { statfs } from 'node:fs/promises';
import { findSystem, needDataPathBackend } from '@nacre/store';
import type { Handlers } from '../context.ts';
import { freeSpaceState } from '../domain/free-space.ts';
import { needAdministrator } from '../domain/permissions.ts';
import { getAbmConfig } from './abm-config.ts';
import { noEntries } from './nothing.ts';

/** What clients gate their features on; we answer the union of all generations and say this one. */
const apiVersion = '5.8.0';

export const system = {
  async getSystemInformation({ store, clock }) {
    const found = await findSystem(store.db);
    if (!found) throw new Error('the system has no row of its own');
    const { activated } = await needDataPathBackend(store.db);
    return {
      apiVersion: '00000000000000000000000000000000.00000000000000000000000000000000',
      backendActivated: activated,
      buildInformation: { branch: 'nacre', revision: '0', version: apiVersion },
      instanceId: found.instanceId,
      now: clock.now().getTime(),
      serialNumber: found.serialNumber,
    };
  },

  async verifySystemHealth({ store, config }) {
    const startedAt = performance.now();
    await store.ping();
    const { bavail, blocks } = await statfs(config.data);
    return {
      databaseFilesystemFreeSpace: freeSpaceState(blocks === 0 ? 1 : bavail / blocks),
      msRequiredToVerifyDataPlannerHealth: Math.round(performance.now() - startedAt),
    };
  },

  getAbmConfig,

  getSystemFailures: noEntries,

  /** Nothing here needs a licence. */
  getFeatureKeys: noEntries,

  async forceFeatureKeyValidation(ctx) {
    needAdministrator(ctx.caller, 'have licences checked');
  },
} satisfies Handlers<'ds3'>;
