import { noteHeartbeat } from '@nacre/store';
import type { Worker } from './runner.ts';

/** Says that this node is alive. */
export const heartbeat: Worker = {
  name: 'heartbeat',
  everySeconds: 2,
  async work({ store, node, clock }) {
    await noteHeartbeat(store.db, node.id, clock.now());
    return 'done';
  },
};
