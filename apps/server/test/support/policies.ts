import type { Client } from '@nacre/client';
import type { DataPolicy } from '@nacre/model';
import { newName } from './people.ts';

/**
 * A bucket of its own under a data policy of its own. `isPersisted: false`: no pool takes copies of what is written,
 * so that its jobs do not end.
 */
export async function aBucketUnder(
  { ds3 }: Client,
  settings: Partial<Pick<DataPolicy, 'checksumType' | 'versioning' | 'maxVersionsToKeep' | 'endToEndCrcRequired'>>,
  { isPersisted = true } = {},
): Promise<string> {
  const policy = await ds3.putDataPolicy({ name: newName('policy'), ...settings });
  const storageDomainId = isPersisted
    ? 'Pool First Copy'
    : (await ds3.putStorageDomain({ name: newName('domain') })).id;
  const kind = { type: 'PERMANENT', isolationLevel: 'STANDARD' } as const;
  await ds3.putDataPersistenceRule({ dataPolicyId: policy.id, storageDomainId, ...kind });
  const { name } = await ds3.putBucket({ name: newName('test'), dataPolicyId: policy.id });
  return name;
}
