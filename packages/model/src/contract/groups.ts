import { Group, GroupMember } from '../types/group.ts';
import { bool, nameOrId, text } from '../wire/scalar.ts';
import { clearable, create, data, items, list, may, modify, need, on, paging, remove, show } from './define.ts';

/** Groups and who belongs to them. */
export const groups = {
  ...on('group', {
    /** Groups. SDK: GetGroupsSpectraS3. */
    getGroups: list({
      query: { builtIn: may(bool), name: may(text), ...paging },
      answer: items(Group),
      raises: ['NotFound'],
    }),

    /** One group. SDK: GetGroupSpectraS3. */
    getGroup: show({ answer: data(Group), raises: ['NotFound'] }),

    /** Makes a group without members. SDK: PutGroupSpectraS3. */
    putGroup: create({ query: { name: need(text) }, answer: data(Group), raises: ['Conflict'] }),

    /** Renames a group. SDK: ModifyGroupSpectraS3. */
    modifyGroup: modify({ query: { name: may(text) }, answer: data(Group), raises: ['Conflict', 'NotFound'] }),

    /**
     * The group when a user, the caller unless named, belongs to it, directly or through another group; nothing
     * otherwise. SDK: VerifyUserIsMemberOfGroupSpectraS3.
     */
    verifyUserIsMemberOfGroup: modify({
      operation: 'verify',
      query: { userId: may(nameOrId) },
      answer: data(Group),
      orNothing: true,
      raises: ['NotFound'],
    }),

    /** Deletes a group that is not built in, with its memberships and permissions. SDK: DeleteGroupSpectraS3. */
    deleteGroup: remove({ raises: ['Conflict', 'NotFound'] }),
  }),

  ...on('group_member', {
    /** Memberships in groups. SDK: GetGroupMembersSpectraS3. */
    getGroupMembers: list({
      query: {
        groupId: may(nameOrId),
        memberGroupId: clearable(nameOrId),
        memberUserId: clearable(nameOrId),
        ...paging,
      },
      answer: items(GroupMember),
      raises: ['NotFound'],
    }),

    /** One membership in a group. SDK: GetGroupMemberSpectraS3. */
    getGroupMember: show({ answer: data(GroupMember), raises: ['NotFound'] }),

    /** Makes a group a member of another group. SDK: PutGroupGroupMemberSpectraS3. */
    putGroupGroupMember: create({
      query: { groupId: need(nameOrId), memberGroupId: need(nameOrId) },
      answer: data(GroupMember),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Makes a user a member of a group. SDK: PutUserGroupMemberSpectraS3. */
    putUserGroupMember: create({
      query: { groupId: need(nameOrId), memberUserId: need(nameOrId) },
      answer: data(GroupMember),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Ends a membership. SDK: DeleteGroupMemberSpectraS3. */
    deleteGroupMember: remove({ raises: ['NotFound'] }),
  }),
};
