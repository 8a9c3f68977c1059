import { type contract, Ds3Error, type Input } from '@nacre/model';
import {
  findJob,
  findRegistration,
  findUser,
  insertRegistration,
  listRegistrations,
  needBucket,
  type RegistrationRow,
  removeRegistration,
} from '@nacre/store';
import type { Handlers, RequestContext } from '../context.ts';
import { pageOf } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';

type Rows = (typeof contract)['ds3'];
type CreateInput = Input<Rows['putJobCompletedNotificationRegistration']> &
  Input<Rows['putBucketChangesNotificationRegistration']>;
type ListInput = Input<Rows['getJobCompletedNotificationRegistrations']>;
type ById = Input<Rows['getJobCompletedNotificationRegistration']>;

/** About jobs and objects: each user hears of the own ones. The others are about the system. */
const openToUsers: ReadonlySet<string> = new Set([
  'job_created',
  'job_completed',
  'job_creation_failed',
  'object_cached',
  'object_persisted',
  'object_lost',
]);

async function create(ctx: RequestContext, kind: string, input: CreateInput): Promise<RegistrationRow> {
  if (!openToUsers.has(kind)) needAdministrator(ctx.caller, `be told of ${kind.replaceAll('_', ' ')}s`);
  if (input.notificationEndPoint.trim() === '' || input.notificationEndPoint.length > 2048) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'notification_end_point',
      message: 'notification_end_point is empty or longer than 2,048 characters.',
    });
  }
  return insertRegistration(ctx.store.db, {
    id: ctx.ids.next(),
    kind,
    userId: ctx.caller.id,
    seesAll: ctx.caller.administrator,
    jobId: input.jobId === undefined ? null : await needJobId(ctx, input.jobId),
    bucketId: input.bucketId === undefined ? null : (await needBucket(ctx.store.db, input.bucketId)).id,
    creationDate: ctx.clock.now(),
    endPoint: input.notificationEndPoint,
    format: input.format ?? 'DEFAULT',
    namingConvention: input.namingConvention ?? 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE',
    httpMethod: input.notificationHttpMethod ?? 'POST',
  });
}

async function needJobId({ store }: RequestContext, id: string): Promise<string> {
  const job = await findJob(store.db, id);
  if (job) return job.id;
  throw new Ds3Error('NotFound', { resource: id, message: `There is no job ${id}.` });
}

/** An administrator sees all registrations, others their own. */
function isVisible({ caller }: RequestContext, { userId }: RegistrationRow): boolean {
  return caller.administrator || caller.id === userId;
}

async function list(ctx: RequestContext, kind: string, { userId, ...page }: ListInput) {
  const user = typeof userId === 'string' ? await findUser(ctx.store.db, userId) : undefined;
  if (typeof userId === 'string' && !user) {
    throw new Ds3Error('NotFound', { resource: userId, message: `There is no user '${userId}'.` });
  }
  const all = await listRegistrations(ctx.store.db, kind);
  const wanted = all.filter((row) => isVisible(ctx, row) && userId !== null && (!user || row.userId === user.id));
  return pageOf(wanted, page, describe);
}

async function need(ctx: RequestContext, kind: string, { id }: ById): Promise<RegistrationRow> {
  const found = /^[0-9a-f-]{36}$/i.test(id) ? await findRegistration(ctx.store.db, kind, id) : undefined;
  if (found && isVisible(ctx, found)) return found;
  throw new Ds3Error('NotFound', {
    resource: id,
    message: `There is no ${kind.replaceAll('_', ' ')} registration ${id}.`,
  });
}

function describe(row: RegistrationRow) {
  return {
    bucketId: row.bucketId,
    creationDate: row.creationDate,
    format: row.format,
    id: row.id,
    jobId: row.jobId,
    lastFailure: row.lastFailure,
    lastHttpResponseCode: row.lastHttpResponseCode,
    lastNotification: row.lastNotification,
    lastSequenceNumber: row.lastSequenceNumber,
    namingConvention: row.namingConvention,
    notificationEndPoint: row.endPoint,
    notificationHttpMethod: row.httpMethod,
    numberOfFailuresSinceLastSuccess: row.failuresSinceLastSuccess,
    userId: row.userId,
  };
}

/** The four operations of one kind. */
function of(kind: string) {
  return {
    put: async (ctx: RequestContext, input: CreateInput) => describe(await create(ctx, kind, input)),
    list: (ctx: RequestContext, input: ListInput) => list(ctx, kind, input),
    show: async (ctx: RequestContext, input: ById) => describe(await need(ctx, kind, input)),
    remove: async (ctx: RequestContext, input: ById) => {
      await removeRegistration(ctx.store.db, (await need(ctx, kind, input)).id);
    },
  };
}

const azureTargetFailure = of('azure_target_failure');
const bucketChanges = of('bucket_changes');
const ds3TargetFailure = of('ds3_target_failure');
const jobCompleted = of('job_completed');
const jobCreated = of('job_created');
const jobCreationFailed = of('job_creation_failed');
const objectCached = of('object_cached');
const objectLost = of('object_lost');
const objectPersisted = of('object_persisted');
const poolFailure = of('pool_failure');
const s3TargetFailure = of('s3_target_failure');
const storageDomainFailure = of('storage_domain_failure');
const systemFailure = of('system_failure');
const tapeFailure = of('tape_failure');
const tapePartitionFailure = of('tape_partition_failure');

/** Who is told of what. Kinds of which nothing happens here can be registered all the same. */
export const notifications = {
  putAzureTargetFailureNotificationRegistration: azureTargetFailure.put,
  getAzureTargetFailureNotificationRegistrations: azureTargetFailure.list,
  getAzureTargetFailureNotificationRegistration: azureTargetFailure.show,
  deleteAzureTargetFailureNotificationRegistration: azureTargetFailure.remove,
  putBucketChangesNotificationRegistration: bucketChanges.put,
  getBucketChangesNotificationRegistrations: bucketChanges.list,
  getBucketChangesNotificationRegistration: bucketChanges.show,
  deleteBucketChangesNotificationRegistration: bucketChanges.remove,
  putDs3TargetFailureNotificationRegistration: ds3TargetFailure.put,
  getDs3TargetFailureNotificationRegistrations: ds3TargetFailure.list,
  getDs3TargetFailureNotificationRegistration: ds3TargetFailure.show,
  deleteDs3TargetFailureNotificationRegistration: ds3TargetFailure.remove,
  putJobCompletedNotificationRegistration: jobCompleted.put,
  getJobCompletedNotificationRegistrations: jobCompleted.list,
  getJobCompletedNotificationRegistration: jobCompleted.show,
  deleteJobCompletedNotificationRegistration: jobCompleted.remove,
  putJobCreatedNotificationRegistration: jobCreated.put,
  getJobCreatedNotificationRegistrations: jobCreated.list,
  getJobCreatedNotificationRegistration: jobCreated.show,
  deleteJobCreatedNotificationRegistration: jobCreated.remove,
  putJobCreationFailedNotificationRegistration: jobCreationFailed.put,
  getJobCreationFailedNotificationRegistrations: jobCreationFailed.list,
  getJobCreationFailedNotificationRegistration: jobCreationFailed.show,
  deleteJobCreationFailedNotificationRegistration: jobCreationFailed.remove,
  putObjectCachedNotificationRegistration: objectCached.put,
  getObjectCachedNotificationRegistrations: objectCached.list,
  getObjectCachedNotificationRegistration: objectCached.show,
  deleteObjectCachedNotificationRegistration: objectCached.remove,
  putObjectLostNotificationRegistration: objectLost.put,
  getObjectLostNotificationRegistrations: objectLost.list,
  getObjectLostNotificationRegistration: objectLost.show,
  deleteObjectLostNotificationRegistration: objectLost.remove,
  putObjectPersistedNotificationRegistration: objectPersisted.put,
  getObjectPersistedNotificationRegistrations: objectPersisted.list,
  getObjectPersistedNotificationRegistration: objectPersisted.show,
  deleteObjectPersistedNotificationRegistration: objectPersisted.remove,
  putPoolFailureNotificationRegistration: poolFailure.put,
  getPoolFailureNotificationRegistrations: poolFailure.list,
  getPoolFailureNotificationRegistration: poolFailure.show,
  deletePoolFailureNotificationRegistration: poolFailure.remove,
  putS3TargetFailureNotificationRegistration: s3TargetFailure.put,
  getS3TargetFailureNotificationRegistrations: s3TargetFailure.list,
  getS3TargetFailureNotificationRegistration: s3TargetFailure.show,
  deleteS3TargetFailureNotificationRegistration: s3TargetFailure.remove,
  putStorageDomainFailureNotificationRegistration: storageDomainFailure.put,
  getStorageDomainFailureNotificationRegistrations: storageDomainFailure.list,
  getStorageDomainFailureNotificationRegistration: storageDomainFailure.show,
  deleteStorageDomainFailureNotificationRegistration: storageDomainFailure.remove,
  putSystemFailureNotificationRegistration: systemFailure.put,
  getSystemFailureNotificationRegistrations: systemFailure.list,
  getSystemFailureNotificationRegistration: systemFailure.show,
  deleteSystemFailureNotificationRegistration: systemFailure.remove,
  putTapeFailureNotificationRegistration: tapeFailure.put,
  getTapeFailureNotificationRegistrations: tapeFailure.list,
  getTapeFailureNotificationRegistration: tapeFailure.show,
  deleteTapeFailureNotificationRegistration: tapeFailure.remove,
  putTapePartitionFailureNotificationRegistration: tapePartitionFailure.put,
  getTapePartitionFailureNotificationRegistrations: tapePartitionFailure.list,
  getTapePartitionFailureNotificationRegistration: tapePartitionFailure.show,
  deleteTapePartitionFailureNotificationRegistration: tapePartitionFailure.remove,
} satisfies Handlers<'ds3'>;
