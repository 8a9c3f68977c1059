import { GetObjectList } from '../types/job-request.ts';
import { DetailedS3Object, S3Object, S3ObjectType } from '../types/object.ts';
import { PhysicalPlacement, PlacedBlob } from '../types/placement.ts';
import { bool, long, nameOrId, text, uuid } from '../wire/scalar.ts';
import {
  bare,
  data,
  formerly,
  items,
  list,
  may,
  modify,
  modifyAll,
  need,
  needBare,
  on,
  paging,
  remove,
  show,
  textAnswer,
  textBody,
  xml,
} from './define.ts';

const wanted = {
  bucketId: may(nameOrId),
  endDate: may(long),
  latest: may(bool),
  name: may(text),
  startDate: may(long),
  type: may(S3ObjectType),
  version: may(long),
};

/** Objects and where their data are. */
export const objects = {
  ...on('object', {
    /**
     * Objects and folder markers: each version of each name. A `%` in `name` stands for anything; dates are
     * milliseconds since 1970. SDK: GetObjectsDetailsSpectraS3.
     */
    getObjectsDetails: list({
      query: { ...wanted, ...paging },
      answer: items(S3Object),
      raises: ['NotFound'],
    }),

    /** As `getObjectsDetails`, with sizes, owners and blobs. SDK: GetObjectsWithFullDetailsSpectraS3. */
    getObjectsWithFullDetails: list({
      query: { fullDetails: needBare, includePhysicalPlacement: bare, ...wanted, ...paging },
      answer: items(DetailedS3Object),
      raises: ['NotFound'],
    }),

    /** One object by its name or id. SDK: GetObjectDetailsSpectraS3. */
    getObjectDetails: show({ query: { bucketId: need(nameOrId) }, answer: data(S3Object), raises: ['NotFound'] }),

    /** Makes a version the latest again after its name was deleted. Not in 4.1. SDK: UndeleteObjectSpectraS3. */
    undeleteObject: modifyAll({
      query: { bucketId: need(nameOrId), name: need(text), versionId: may(uuid) },
      answer: data(S3Object),
      status: 200,
      raises: ['NotFound'],
    }),
  }),

  ...on('folder', {
    /** Deletes all objects below a folder. SDK: DeleteFolderRecursivelySpectraS3. */
    deleteFolderRecursively: remove({
      query: { bucketId: need(nameOrId), recursive: needBare, rollBack: bare },
      raises: ['NotFound'],
    }),
  }),

  ...on('blob_persistence', {
    /**
     * Says which blobs have reached permanent storage; question and answer are for other systems of the vendor.
     * SDK: GetBlobPersistenceSpectraS3.
     */
    getBlobPersistence: list({ body: textBody, answer: textAnswer }),
  }),

  ...on('bucket', {
    /**
     * The media and targets that hold the named objects; an error when one of the objects is not on any.
     * SDK: VerifyPhysicalPlacementForObjectsSpectraS3.
     */
    verifyPhysicalPlacementForObjects: show({
      operation: 'verify_physical_placement',
      query: { storageDomain: formerly('storage_domain_id', may(nameOrId)) },
      body: xml(GetObjectList),
      answer: data(PhysicalPlacement),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /**
     * The blobs of the named objects and where each of them is; an error when one of the objects is not anywhere.
     * SDK: VerifyPhysicalPlacementForObjectsWithFullDetailsSpectraS3.
     */
    verifyPhysicalPlacementForObjectsWithFullDetails: show({
      operation: 'verify_physical_placement',
      query: { fullDetails: needBare, storageDomain: formerly('storage_domain_id', may(nameOrId)) },
      body: xml(GetObjectList),
      answer: items(PlacedBlob),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /**
     * The media and targets that hold any of the named objects; objects that do not exist are passed over.
     * SDK: GetPhysicalPlacementForObjectsSpectraS3.
     */
    getPhysicalPlacementForObjects: modify({
      operation: 'get_physical_placement',
      query: { storageDomain: formerly('storage_domain_id', may(nameOrId)) },
      body: xml(GetObjectList),
      answer: data(PhysicalPlacement),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),

    /**
     * The blobs of the named objects and where each of them is; objects that do not exist are passed over.
     * SDK: GetPhysicalPlacementForObjectsWithFullDetailsSpectraS3.
     */
    getPhysicalPlacementForObjectsWithFullDetails: modify({
      operation: 'get_physical_placement',
      query: { fullDetails: needBare, storageDomain: formerly('storage_domain_id', may(nameOrId)) },
      body: xml(GetObjectList),
      answer: items(PlacedBlob),
      raises: ['MalformedXML', 'NoSuchBucket', 'NotFound'],
    }),
  }),
};
