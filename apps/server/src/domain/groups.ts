import { Ds3Error, type Group } from '@nacre/model';

/** Which group is a member of which. */
export interface Nesting {
  readonly groupId: string;
  readonly memberGroupId: string;
}

/** Whether `member` would contain `group`, directly or through others, so that it must not become its member. */
export function closesCycle(nestings: readonly Nesting[], { groupId, memberGroupId }: Nesting): boolean {
  const seen = new Set<string>();
  const open = [memberGroupId];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === groupId) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const nesting of nestings) if (nesting.groupId === at) open.push(nesting.memberGroupId);
  }
  return false;
}

/** Built-in groups keep their names and stay. Errors: `Conflict`. */
export function needOwnGroup(group: Pick<Group, 'builtIn' | 'name'>): void {
  if (!group.builtIn) return;
  throw new Ds3Error('Conflict', {
    resource: group.name,
    message: `The group ${group.name} is built in: it can be neither renamed nor deleted.`,
  });
}

/** Everybody is in the built-in group Everyone without being a member. Errors: `Conflict`. */
export function needGroupWithMembers(group: Pick<Group, 'builtIn' | 'name'>): void {
  if (!group.builtIn || group.name !== 'Everyone') return;
  throw new Ds3Error('Conflict', { resource: group.name, message: 'All users belong to Everyone as it is.' });
}
