import { randomBytes, randomUUID } from 'node:crypto';
import type { TestServer } from './server.ts';

/** A bucket of its own whose data policy keeps versions as given; its copies go where the default policy's go. */
export async function aVersionedBucket(
  { client, context }: TestServer,
  versioning: 'NONE' | 'KEEP_LATEST' | 'KEEP_MULTIPLE_VERSIONS',
  options: { readonly maxVersionsToKeep?: number } = {},
): Promise<string> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const [policyId, ruleId] = [randomUUID(), randomUUID()];
  const { sql } = context.store;
  await sql`insert into data_policies (id, name, creation_date, versioning, max_versions_to_keep)
    values (${policyId}, ${name}, now(), ${versioning}, ${options.maxVersionsToKeep ?? 1000})`;
  await sql`insert into data_persistence_rules (id, data_policy_id, storage_domain_id, type, isolation_level)
    select ${ruleId}, ${policyId}, id, 'PERMANENT', 'STANDARD' from storage_domains where name = 'Pool First Copy'`;
  await client.ds3.putBucket({ name, dataPolicyId: policyId });
  return name;
}
