import { Ds3Error, type User } from '@nacre/model';
import { findDataPolicy, findUser, listUsers, type UserRow } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { pageOf } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';

export const users = {
  async getUsers(ctx, { name, authId, defaultDataPolicyId, ...page }) {
    needAdministrator(ctx.caller, 'list users');
    const policy = defaultDataPolicyId ? await findDataPolicy(ctx.store.db, defaultDataPolicyId) : undefined;
    const all = await listUsers(ctx.store.db, { name, authId });
    const wanted =
      defaultDataPolicyId === undefined ? all : all.filter((user) => user.defaultDataPolicyId === (policy?.id ?? null));
    return pageOf(wanted, page, (user) => describeUser(ctx, user));
  },

  async getUser(ctx, { id }) {
    const user = await findUser(ctx.store.db, id);
    if (!user) throw new Ds3Error('NotFound', { resource: id, message: `There is no user '${id}'.` });
    if (user.id !== ctx.caller.id) needAdministrator(ctx.caller, 'see other users');
    return describeUser(ctx, user);
  },
} satisfies Handlers<'ds3'>;

function describeUser({ seal }: RequestContext, user: UserRow): User {
  const { authId, defaultDataPolicyId, id, maxBuckets, name } = user;
  return { authId, defaultDataPolicyId, id, maxBuckets, name, secretKey: seal.unseal(user.sealedSecretKey) };
}
