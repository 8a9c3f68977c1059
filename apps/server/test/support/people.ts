import { randomBytes } from 'node:crypto';
import { type Client, createClient } from '@nacre/client';
import type { Group, User } from '@nacre/model';
import { onTestFinished } from 'vitest';

/** A name that nothing else has. */
export function newName(what: string): string {
  return `${what}-${randomBytes(6).toString('hex')}`;
}

export interface Somebody {
  readonly user: User;
  /** Speaks to the system as this user. */
  readonly client: Client;
}

/** A user of its own, without rights. Only in tests. */
export async function aUser(admin: Client, settings: { readonly maxBuckets?: number } = {}): Promise<Somebody> {
  const user = await admin.ds3.delegateCreateUser({ name: newName('user'), ...settings });
  return { user, client: clientOf(admin, user) };
}

/** A client that signs as the user. Only in tests. */
export function clientOf(admin: Client, { authId, secretKey = '' }: User): Client {
  const client = createClient({ endpoint: `http://${admin.endpoint}`, accessKey: authId, secretKey });
  onTestFinished(() => client.close());
  return client;
}

/** A group of its own with these members. */
export async function aGroup(
  admin: Client,
  { users = [], groups = [] }: { readonly users?: readonly User[]; readonly groups?: readonly Group[] } = {},
): Promise<Group> {
  const group = await admin.ds3.putGroup({ name: newName('group') });
  for (const { id } of users) await admin.ds3.putUserGroupMember({ groupId: group.id, memberUserId: id });
  for (const { id } of groups) await admin.ds3.putGroupGroupMember({ groupId: group.id, memberGroupId: id });
  return group;
}
