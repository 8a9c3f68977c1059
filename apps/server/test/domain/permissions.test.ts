import { isDs3Error } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import {
  type BucketRight,
  type Caller,
  grantsOf,
  hasRight,
  needAdministrator,
  needDataPolicyRight,
  needJobRight,
  needRight,
  needSelf,
} from '../../src/domain/permissions.ts';

const denied = expect.toSatisfy((error: unknown) => isDs3Error(error, 'AccessDenied'));
const nobody: Caller = {
  id: 'u',
  name: 'u',
  authId: 'dQ==',
  defaultDataPolicyId: null,
  administrator: false,
  grants: grantsOf([], []),
};
const administrator = { ...nobody, administrator: true };
const bucket = { id: 'b', name: 'bucket', userId: 'owner' };
const policy = { id: 'p', name: 'policy' };

function granted(...rights: [string | null, BucketRight][]): Caller {
  return { ...nobody, grants: grantsOf(rights, []) };
}

describe('a right on a bucket', () => {
  test.each<BucketRight>(['LIST', 'READ', 'WRITE', 'DELETE', 'JOB', 'OWNER'])('%s is nobody’s by itself', (right) => {
    expect(hasRight(nobody, right, bucket)).toBe(false);
    expect(hasRight({ ...nobody, id: 'owner' }, right, bucket)).toBe(true);
    expect(hasRight(administrator, right, bucket)).toBe(true);
  });

  test('is granted for one bucket, or for all', () => {
    expect(hasRight(granted(['b', 'READ']), 'READ', bucket)).toBe(true);
    expect(hasRight(granted([null, 'READ']), 'READ', bucket)).toBe(true);
    expect(hasRight(granted(['other', 'READ']), 'READ', bucket)).toBe(false);
  });

  test('is no other right, but that OWNER includes all of them', () => {
    expect(hasRight(granted(['b', 'READ'], ['b', 'WRITE']), 'LIST', bucket)).toBe(false);
    expect(hasRight(granted(['b', 'READ'], ['b', 'WRITE']), 'WRITE', bucket)).toBe(true);
    expect(hasRight(granted(['b', 'OWNER']), 'JOB', bucket)).toBe(true);
    expect(hasRight(granted(['b', 'LIST'], [null, 'OWNER']), 'DELETE', bucket)).toBe(true);
  });

  test('that is missing is named with the bucket', () => {
    expect(() => needRight(nobody, 'WRITE', bucket)).toThrow(denied);
    expect(() => needRight(nobody, 'WRITE', bucket)).toThrow(/WRITE on the bucket bucket/);
    expect(() => needRight(granted(['b', 'WRITE']), 'WRITE', bucket)).not.toThrow();
  });
});

test('who made a job may work on it in another’s bucket; others need JOB', () => {
  const job = { userId: 'maker', bucketId: 'b' };
  expect(() => needJobRight({ ...nobody, id: 'maker' }, job, bucket)).not.toThrow();
  expect(() => needJobRight(granted(['b', 'WRITE']), job, bucket)).toThrow(denied);
  expect(() => needJobRight(granted(['b', 'JOB']), job, bucket)).not.toThrow();
});

test('a data policy is used by who is in its ACL or in that of all, and by administrators', () => {
  const withPolicies = (...ids: (string | null)[]) => ({ ...nobody, grants: grantsOf([], ids) });
  expect(() => needDataPolicyRight(nobody, policy)).toThrow(denied);
  expect(() => needDataPolicyRight(withPolicies('other'), policy)).toThrow(denied);
  expect(() => needDataPolicyRight(withPolicies('p'), policy)).not.toThrow();
  expect(() => needDataPolicyRight(withPolicies(null), policy)).not.toThrow();
  expect(() => needDataPolicyRight(administrator, policy)).not.toThrow();
});

test('what is about oneself needs no administrator', () => {
  expect(() => needSelf(nobody, 'u', 'see other users')).not.toThrow();
  expect(() => needSelf(nobody, 'v', 'see other users')).toThrow(denied);
  expect(() => needSelf(administrator, 'v', 'see other users')).not.toThrow();
  expect(() => needAdministrator(nobody, 'list users')).toThrow(/alone may list users/);
});
