import type { Campaign } from './campaign.ts';
import { authenticationMatrix } from './campaigns/authentication-matrix.ts';
import { cutDatabase } from './campaigns/cut-database.ts';
import { cutReplication } from './campaigns/cut-replication.ts';
import { damage } from './campaigns/damage.ts';
import { disturbDatabase } from './campaigns/disturb-database.ts';
import { failCalls } from './campaigns/fail-calls.ts';
import { fullDisk } from './campaigns/full-disk.ts';
import { fuzzedInputs } from './campaigns/fuzzed-inputs.ts';
import { killAtFailpoints } from './campaigns/kill-at-failpoints.ts';
import { killAtRandom } from './campaigns/kill-at-random.ts';
import { killPostgres } from './campaigns/kill-postgres.ts';
import { loseCommits } from './campaigns/lose-commits.ts';
import { model } from './campaigns/model.ts';
import { mutatedRequests } from './campaigns/mutated-requests.ts';
import { powerCut } from './campaigns/power-cut.ts';
import { serializationFailures } from './campaigns/serialization-failures.ts';
import { slowConnections } from './campaigns/slow-connections.ts';

/** In the order in which they run. */
export const campaigns: readonly Campaign[] = [
  killAtFailpoints,
  failCalls,
  killAtRandom,
  killPostgres,
  cutDatabase,
  disturbDatabase,
  loseCommits,
  serializationFailures,
  cutReplication,
  powerCut,
  damage,
  fullDisk,
  model,
  authenticationMatrix,
  mutatedRequests,
  fuzzedInputs,
  slowConnections,
];
