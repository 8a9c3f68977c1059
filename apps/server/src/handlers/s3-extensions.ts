import type { AccessControlPolicy } from '@nacre/model';
import { Ds3Error } from '@nacre/model';
import { type BucketRow, findLatestObject, findObjectVersion } from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { needBucketTo } from './bucket-rights.ts';
import { needPolicy } from './put-job.ts';
import { ownerNameOf } from './s3-owner.ts';

/** What S3 clients ask of buckets and objects before or beside their work. */
export const s3Extensions = {
  async getBucketLocation(ctx, { bucket }) {
    await needBucketTo(ctx, 'LIST', bucket);
    return {};
  },

  async getBucketVersioning(ctx, { bucket }) {
    const { versioning } = await needPolicy(ctx, (await needBucketTo(ctx, 'LIST', bucket)).dataPolicyId);
    return versioning === 'KEEP_MULTIPLE_VERSIONS' ? { status: 'Enabled' } : {};
  },

  async getBucketAcl(ctx, { bucket }) {
    return accessOf(ctx, await needBucketTo(ctx, 'LIST', bucket));
  },

  async getObjectAcl(ctx, { bucket: name, key, versionId }) {
    const bucket = await needBucketTo(ctx, 'LIST', name);
    const object =
      versionId === undefined
        ? await findLatestObject(ctx.store.db, bucket.id, key)
        : await findObjectVersion(ctx.store.db, bucket.id, key, versionId);
    if (!object) throw new Ds3Error('NoSuchKey', { resource: key, message: `There is no object '${key}'.` });
    return accessOf(ctx, bucket);
  },
} satisfies Handlers<'s3'>;

/** Everything is the owner's: DS3's own access lists have no form that S3 clients know. */
async function accessOf(ctx: RequestContext, bucket: BucketRow): Promise<AccessControlPolicy> {
  const owner = { displayName: await ownerNameOf(ctx, bucket), id: bucket.userId };
  const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
  const grantee = { schemaInstance, kind: 'CanonicalUser', ...owner };
  return { grants: [{ grantee, permission: 'FULL_CONTROL' }], owner };
}
