import { oneOf, type ScalarValue, text, uuid } from '../wire/scalar.ts';
import { attr, elem, type Infer, maybe, record, wrapped } from '../wire/shape.ts';
import { Owner } from './s3-list.ts';

/** Where a bucket is. Empty: S3 clients take that for `us-east-1`, and sign for it. */
export const LocationConstraint = record('LocationConstraint', {});
export type LocationConstraint = Infer<typeof LocationConstraint>;

/** What S3 says of a bucket that keeps versions; a bucket that never kept any has no status. */
export const S3VersioningStatus = oneOf('Status', ['Enabled', 'Suspended']);
export type S3VersioningStatus = ScalarValue<typeof S3VersioningStatus>;

/** Whether a bucket keeps versions. */
export const VersioningConfiguration = record('VersioningConfiguration', { status: maybe(elem(S3VersioningStatus)) });
export type VersioningConfiguration = Infer<typeof VersioningConfiguration>;

/** Who may do something. S3 clients want to be told the kind of grantee, in the way of XML Schema. */
export const Grantee = record('Grantee', {
  schemaInstance: maybe(attr(text, 'xmlns:xsi')),
  kind: attr(text, 'xsi:type'),
  displayName: elem(text),
  id: elem(uuid, 'ID'),
});
export type Grantee = Infer<typeof Grantee>;

/** What a grantee may do. */
export const Grant = record('Grant', { grantee: elem(Grantee), permission: elem(text) });
export type Grant = Infer<typeof Grant>;

/** The access of a bucket or object as S3 clients know it. */
export const AccessControlPolicy = record('AccessControlPolicy', {
  grants: wrapped('AccessControlList', Grant),
  owner: elem(Owner),
});
export type AccessControlPolicy = Infer<typeof AccessControlPolicy>;
