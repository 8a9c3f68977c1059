import { describe, expect, test } from 'vitest';
import { aGroup, aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { withCode } from '../support/things.ts';

const admin = await systemUnderTest();
const none = '00000000-0000-4000-8000-000000000000';

describe('a group', () => {
  test('is made, found by name and id, renamed and deleted', async () => {
    const made = await admin.ds3.putGroup({ name: newName('group') });
    expect(made.builtIn).toBe(false);
    expect(await admin.ds3.getGroup({ id: made.name })).toEqual(made);
    const name = newName('renamed');
    expect(await admin.ds3.modifyGroup({ id: made.id, name })).toEqual({ ...made, name });
    await admin.ds3.deleteGroup({ id: name });
    await expect(admin.ds3.getGroup({ id: made.id })).rejects.toThrow(withCode('NotFound'));
  });

  test('has a name that no other group has', async () => {
    const group = await aGroup(admin);
    const other = await aGroup(admin);
    await expect(admin.ds3.putGroup({ name: group.name })).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.modifyGroup({ id: other.id, name: group.name })).rejects.toThrow(withCode('Conflict'));
  });

  test.each(['Administrators', 'Everyone', 'Tape Admins'])('that is built in, %s, stays as it is', async (name) => {
    expect(await admin.ds3.getGroup({ id: name })).toMatchObject({ name, builtIn: true });
    await expect(admin.ds3.deleteGroup({ id: name })).rejects.toThrow(withCode('Conflict'));
    await expect(admin.ds3.modifyGroup({ id: name, name: newName('group') })).rejects.toThrow(withCode('Conflict'));
  });

  test('is listed by name, and by whether it is built in', async () => {
    const { items } = await admin.ds3.getGroups({ builtIn: true });
    expect(items.map(({ name }) => name)).toEqual(['Administrators', 'Everyone', 'Tape Admins']);
    const group = await aGroup(admin);
    expect(await admin.ds3.getGroups({ name: group.name, builtIn: false })).toMatchObject({ items: [group], total: 1 });
  });

  test('is changed by administrators alone', async () => {
    const { user, client } = await aUser(admin);
    const group = await aGroup(admin);
    const attempts = [
      () => client.ds3.putGroup({ name: newName('group') }),
      () => client.ds3.modifyGroup({ id: group.id, name: newName('group') }),
      () => client.ds3.deleteGroup({ id: group.id }),
      () => client.ds3.putUserGroupMember({ groupId: 'Administrators', memberUserId: user.id }),
      () => client.ds3.putGroupGroupMember({ groupId: 'Administrators', memberGroupId: group.id }),
      () => client.ds3.getGroupMembers({ groupId: group.id }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(withCode('AccessDenied'));
  });
});

describe('members', () => {
  test('are users or groups, listed by either, and each only once', async () => {
    const { user } = await aUser(admin);
    const inner = await aGroup(admin);
    const outer = await aGroup(admin);
    const ofUser = await admin.ds3.putUserGroupMember({ groupId: outer.name, memberUserId: user.name });
    const ofGroup = await admin.ds3.putGroupGroupMember({ groupId: outer.name, memberGroupId: inner.name });
    expect(ofUser).toMatchObject({ groupId: outer.id, memberUserId: user.id, memberGroupId: null });
    expect(ofGroup).toMatchObject({ groupId: outer.id, memberUserId: null, memberGroupId: inner.id });
    const list = (filter: Parameters<typeof admin.ds3.getGroupMembers>[0]) =>
      admin.ds3.getGroupMembers(filter).then(({ items }) => items);
    expect(await list({ groupId: outer.id })).toEqual([ofUser, ofGroup]);
    expect(await list({ memberUserId: user.name })).toEqual([ofUser]);
    expect(await list({ groupId: outer.id, memberUserId: null })).toEqual([ofGroup]);
    expect(await admin.ds3.getGroupMember({ id: ofUser.id })).toEqual(ofUser);
    const again = { groupId: outer.id, memberUserId: user.id };
    await expect(admin.ds3.putUserGroupMember(again)).rejects.toThrow(withCode('Conflict'));
    await admin.ds3.deleteGroupMember({ id: ofUser.id });
    await expect(admin.ds3.getGroupMember({ id: ofUser.id })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.deleteGroupMember({ id: 'no uuid' })).rejects.toThrow(withCode('NotFound'));
  });

  test('make no cycle', async () => {
    const inner = await aGroup(admin);
    const middle = await aGroup(admin, { groups: [inner] });
    const outer = await aGroup(admin, { groups: [middle] });
    for (const groupId of [inner.id, middle.id, outer.id]) {
      const closing = { groupId, memberGroupId: outer.id };
      await expect(admin.ds3.putGroupGroupMember(closing)).rejects.toThrow(withCode('Conflict'));
    }
  });

  test('must be there', async () => {
    const { id: groupId } = await aGroup(admin);
    await expect(admin.ds3.putUserGroupMember({ groupId, memberUserId: none })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.putGroupGroupMember({ groupId, memberGroupId: none })).rejects.toThrow(withCode('NotFound'));
    await expect(admin.ds3.putUserGroupMember({ groupId: none, memberUserId: none })).rejects.toThrow(
      withCode('NotFound'),
    );
  });

  test('are not added to Everyone, which all belong to', async () => {
    const { user } = await aUser(admin);
    const member = { groupId: 'Everyone', memberUserId: user.id };
    await expect(admin.ds3.putUserGroupMember(member)).rejects.toThrow(withCode('Conflict'));
  });
});

describe('membership', () => {
  test('holds directly, through groups, and of Everyone for all; otherwise the answer is empty', async () => {
    const { user, client } = await aUser(admin);
    const inner = await aGroup(admin, { users: [user] });
    const outer = await aGroup(admin, { groups: [await aGroup(admin, { groups: [inner] })] });
    const other = await aGroup(admin);
    expect(await client.ds3.verifyUserIsMemberOfGroup({ id: inner.name })).toEqual(inner);
    expect(await client.ds3.verifyUserIsMemberOfGroup({ id: outer.id })).toEqual(outer);
    expect(await client.ds3.verifyUserIsMemberOfGroup({ id: 'Everyone' })).toMatchObject({ name: 'Everyone' });
    expect(await client.ds3.verifyUserIsMemberOfGroup({ id: other.id })).toBeUndefined();
    expect(await admin.ds3.verifyUserIsMemberOfGroup({ id: outer.id, userId: user.name })).toEqual(outer);
    expect(await admin.ds3.verifyUserIsMemberOfGroup({ id: outer.id })).toBeUndefined();
    const others = { id: outer.id, userId: 'Administrator' };
    await expect(client.ds3.verifyUserIsMemberOfGroup(others)).rejects.toThrow(withCode('AccessDenied'));
  });

  test('of the group Administrators, through another group too, makes an administrator', async () => {
    const { user, client } = await aUser(admin);
    await expect(client.ds3.getUsers()).rejects.toThrow(withCode('AccessDenied'));
    const group = await aGroup(admin, { users: [user] });
    const nested = await admin.ds3.putGroupGroupMember({ groupId: 'Administrators', memberGroupId: group.id });
    await client.ds3.getUsers();
    await admin.ds3.deleteGroupMember({ id: nested.id });
    await expect(client.ds3.getUsers()).rejects.toThrow(withCode('AccessDenied'));
  });

  test('ends with the group', async () => {
    const { user, client } = await aUser(admin);
    const inner = await aGroup(admin, { users: [user] });
    const outer = await aGroup(admin, { groups: [inner] });
    await admin.ds3.deleteGroup({ id: inner.id });
    expect(await admin.ds3.getGroupMembers({ groupId: outer.id })).toMatchObject({ items: [], total: 0 });
    expect(await client.ds3.verifyUserIsMemberOfGroup({ id: outer.id })).toBeUndefined();
  });
});
