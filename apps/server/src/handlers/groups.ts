import { Ds3Error, type Group, type GroupMember } from '@nacre/model';
import {
  type GroupMemberRow,
  type GroupRow,
  hasAdministrator,
  insertGroup,
  insertGroupMember,
  isMember,
  listGroupMembers,
  listGroups,
  listNestings,
  lockMemberships,
  needGroup,
  needGroupMember,
  needUser,
  removeGroup,
  removeGroupMember,
  type Tx,
  updateGroup,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { closesCycle, needGroupWithMembers, needOwnGroup } from '../domain/groups.ts';
import { checkName } from '../domain/names.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator, needSelf } from '../domain/permissions.ts';
import { idOf } from './lookup.ts';

export const groups = {
  async getGroups(ctx, { builtIn, name, ...paging }) {
    return describePage(await listGroups(ctx.store.db, { builtIn, name }, pageRequest(paging)), describeGroup);
  },

  async getGroup(ctx, { id }) {
    return describeGroup(await needGroup(ctx.store.db, id));
  },

  async putGroup(ctx, { name }) {
    needAdministrator(ctx.caller, 'make groups');
    checkName('group', name);
    return describeGroup(await insertGroup(ctx.store.db, { id: ctx.ids.next(), name, builtIn: false }));
  },

  async modifyGroup(ctx, { id, name }) {
    needAdministrator(ctx.caller, 'rename groups');
    const group = await needGroup(ctx.store.db, id);
    if (name === undefined || name === group.name) return describeGroup(group);
    needOwnGroup(group);
    checkName('group', name);
    return describeGroup(await updateGroup(ctx.store.db, group.id, { name }));
  },

  async verifyUserIsMemberOfGroup(ctx, { id, userId = ctx.caller.id }) {
    const user = await needUser(ctx.store.db, userId);
    needSelf(ctx.caller, user.id, 'ask which groups others belong to');
    const group = await needGroup(ctx.store.db, id);
    return (await isMember(ctx.store.db, user.id, group.id)) ? describeGroup(group) : undefined;
  },

  async deleteGroup(ctx, { id }) {
    needAdministrator(ctx.caller, 'delete groups');
    const group = await needGroup(ctx.store.db, id);
    needOwnGroup(group);
    await changeMemberships(ctx, (tx) => removeGroup(tx, group.id));
  },

  async getGroupMembers(ctx, { groupId, memberGroupId, memberUserId, ...paging }) {
    needAdministrator(ctx.caller, 'list who belongs to groups');
    const { db } = ctx.store;
    const filter = {
      groupId: await idOf(db, needGroup, groupId),
      memberGroupId: await idOf(db, needGroup, memberGroupId),
      memberUserId: await idOf(db, needUser, memberUserId),
    };
    return describePage(await listGroupMembers(db, filter, pageRequest(paging)), describeMember);
  },

  async getGroupMember(ctx, { id }) {
    needAdministrator(ctx.caller, 'see who belongs to groups');
    return describeMember(await needGroupMember(ctx.store.db, id));
  },

  async putGroupGroupMember(ctx, { groupId, memberGroupId }) {
    needAdministrator(ctx.caller, 'add members to groups');
    return changeMemberships(ctx, async (tx) => {
      const group = await needGroup(tx, groupId);
      const member = await needGroup(tx, memberGroupId);
      needGroupWithMembers(group);
      const nesting = { groupId: group.id, memberGroupId: member.id };
      if (closesCycle(await listNestings(tx), nesting)) {
        throw new Ds3Error('Conflict', {
          resource: member.name,
          message: `The group ${member.name} contains the group ${group.name}: it cannot be its member as well.`,
        });
      }
      return describeMember(await insertGroupMember(tx, { id: ctx.ids.next(), ...nesting }));
    });
  },

  async putUserGroupMember(ctx, { groupId, memberUserId }) {
    needAdministrator(ctx.caller, 'add members to groups');
    const group = await needGroup(ctx.store.db, groupId);
    const user = await needUser(ctx.store.db, memberUserId);
    needGroupWithMembers(group);
    const member = { id: ctx.ids.next(), groupId: group.id, memberUserId: user.id };
    return describeMember(await insertGroupMember(ctx.store.db, member));
  },

  async deleteGroupMember(ctx, { id }) {
    needAdministrator(ctx.caller, 'end memberships');
    await changeMemberships(ctx, async (tx) => removeGroupMember(tx, (await needGroupMember(tx, id)).id));
  },
} satisfies Handlers<'ds3'>;

/** Changes who belongs to what, one after the other. Errors: `Conflict` when nobody would administer the system any more. */
async function changeMemberships<T>(ctx: RequestContext, change: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.store.tx(async (tx) => {
    await lockMemberships(tx);
    const answer = await change(tx);
    if (await hasAdministrator(tx)) return answer;
    throw new Ds3Error('Conflict', { message: 'Nobody would administer the system any more.' });
  });
}

function describeGroup({ builtIn, id, name }: GroupRow): Group {
  return { builtIn, id, name };
}

function describeMember({ groupId, id, memberGroupId, memberUserId }: GroupMemberRow): GroupMember {
  return { groupId, id, memberGroupId, memberUserId };
}
