import { bool, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';

/** A group of users and of other groups. Built-in groups can be neither renamed nor deleted. */
export const Group = record('Group', {
  builtIn: elem(bool),
  id: elem(uuid),
  name: elem(text),
});
export type Group = Infer<typeof Group>;

/** One membership; exactly one of `memberGroupId` and `memberUserId` is set. */
export const GroupMember = record('GroupMember', {
  groupId: elem(uuid),
  id: elem(uuid),
  memberGroupId: nullable(elem(uuid)),
  memberUserId: nullable(elem(uuid)),
});
export type GroupMember = Infer<typeof GroupMember>;
