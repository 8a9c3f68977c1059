import { Ds3Error, type User } from '@nacre/model';
import {
  hasAdministrator,
  hasRunningJobs,
  insertUser,
  listUsers,
  lockMemberships,
  lockUser,
  needDataPolicy,
  needUser,
  removeUser,
  type UserRow,
  updateUser,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { checkName, checkText } from '../domain/names.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator, needDataPolicyRight, needSelf } from '../domain/permissions.ts';
import { accessKeyOf, newSecretKey } from '../secrets.ts';
import { idOf } from './lookup.ts';

const usualMaxBuckets = 10_000;

export const users = {
  async getUsers(ctx, { name, authId, defaultDataPolicyId, ...paging }) {
    needAdministrator(ctx.caller, 'list users');
    const policyId = await idOf(ctx.store.db, needDataPolicy, defaultDataPolicyId);
    const filter = { name, authId, defaultDataPolicyId: policyId };
    const page = await listUsers(ctx.store.db, filter, pageRequest(paging));
    // A list is read in passing, printed and kept: secrets are told one user at a time.
    return describePage(page, describeUser);
  },

  async getUser(ctx, { id }) {
    return withSecret(ctx, await needUserOrSelf(ctx, id, 'see other users'));
  },

  async delegateCreateUser(ctx, { name, id, defaultDataPolicyId, maxBuckets = usualMaxBuckets, secretKey }) {
    needAdministrator(ctx.caller, 'make users');
    checkName('user', name);
    checkSettings({ maxBuckets, secretKey });
    const policyId = await idOf(ctx.store.db, needDataPolicy, defaultDataPolicyId);
    const made = await insertUser(ctx.store.db, {
      id: id ?? ctx.ids.next(),
      name,
      authId: accessKeyOf(name),
      sealedSecretKey: ctx.seal.seal(secretKey ?? newSecretKey()),
      defaultDataPolicyId: policyId ?? null,
      maxBuckets,
      createdAt: ctx.clock.now(),
    });
    return withSecret(ctx, made);
  },

  async modifyUser(ctx, { id, name, defaultDataPolicyId, maxBuckets, secretKey }) {
    const user = await needUserOrSelf(ctx, id, 'change other users');
    if (name !== undefined || maxBuckets !== undefined) {
      needAdministrator(ctx.caller, 'change the name of a user, or how many buckets it may own');
    }
    if (name !== undefined) checkName('user', name);
    checkSettings({ maxBuckets, secretKey });
    const policy =
      typeof defaultDataPolicyId === 'string' ? await needDataPolicy(ctx.store.db, defaultDataPolicyId) : null;
    if (policy) needDataPolicyRight(ctx.caller, policy);
    const changed = await updateUser(ctx.store.db, user.id, {
      ...(name === undefined ? {} : { name }),
      ...(maxBuckets === undefined ? {} : { maxBuckets }),
      ...(defaultDataPolicyId === undefined ? {} : { defaultDataPolicyId: policy?.id ?? null }),
      ...(secretKey === undefined ? {} : { sealedSecretKey: ctx.seal.seal(secretKey) }),
    });
    return withSecret(ctx, changed);
  },

  async regenerateUserSecretKey(ctx, { id }) {
    const user = await needUserOrSelf(ctx, id, 'give other users new keys');
    const sealedSecretKey = ctx.seal.seal(newSecretKey());
    return withSecret(ctx, await updateUser(ctx.store.db, user.id, { sealedSecretKey }));
  },

  async delegateDeleteUser(ctx, { id }) {
    needAdministrator(ctx.caller, 'delete users');
    await ctx.store.tx(async (tx) => {
      await lockMemberships(tx);
      const user = await needUser(tx, id);
      await lockUser(tx, user.id);
      if (await hasRunningJobs(tx, user.id)) {
        throw new Ds3Error('Conflict', { resource: user.name, message: `Jobs of the user ${user.name} are running.` });
      }
      await removeUser(tx, user);
      if (!(await hasAdministrator(tx))) {
        throw new Ds3Error('Conflict', { resource: user.name, message: `${user.name} is the only administrator.` });
      }
    });
  },
} satisfies Handlers<'ds3'>;

async function needUserOrSelf(ctx: RequestContext, nameOrId: string, what: string): Promise<UserRow> {
  const { caller, store } = ctx;
  // Who may not see other users is not told which there are.
  if (!caller.administrator && ![caller.id, caller.name, caller.authId].includes(nameOrId)) {
    needAdministrator(caller, what);
  }
  const user = await needUser(store.db, nameOrId);
  needSelf(caller, user.id, what);
  return user;
}

function checkSettings(given: {
  readonly maxBuckets?: number | undefined;
  readonly secretKey?: string | undefined;
}): void {
  if (given.maxBuckets !== undefined && given.maxBuckets < 0) {
    throw new Ds3Error('InvalidArgument', { resource: 'max_buckets', message: 'max_buckets is below 0.' });
  }
  checkText('The secret key', given.secretKey);
  if (given.secretKey === '') {
    throw new Ds3Error('InvalidArgument', { resource: 'secret_key', message: 'The secret key is empty.' });
  }
}

function describeUser({ authId, defaultDataPolicyId, id, maxBuckets, name }: UserRow): User {
  return { authId, defaultDataPolicyId, id, maxBuckets, name };
}

function withSecret({ seal }: RequestContext, user: UserRow): User {
  return { ...describeUser(user), secretKey: seal.unseal(user.sealedSecretKey) };
}
