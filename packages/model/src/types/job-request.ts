import { byteCount, text, uuid } from '../wire/scalar.ts';
import { attr, type Infer, many, maybe, record, withLiteral } from '../wire/shape.ts';

/** An object to be written. SDKs send its length in bytes as `Size`, the vendor's page says `Length`: one is there. */
export const ObjectToPut = withLiteral(
  record('Object', {
    name: attr(text),
    size: maybe(attr(byteCount)),
    length: maybe(attr(byteCount)),
  }),
  ['name', 'size'],
  ([name, size]) => ({ name, size }),
);
export type ObjectToPut = Infer<typeof ObjectToPut>;

/** What a PUT job is asked to write. */
export const PutObjectList = record('Objects', { objects: many(ObjectToPut) });
export type PutObjectList = Infer<typeof PutObjectList>;

/** An object to be read, verified, staged, located or ejected: whole, a range of bytes (`offset` and `length`), one version. */
export const ObjectToGet = withLiteral(
  record('Object', {
    name: attr(text),
    offset: maybe(attr(byteCount)),
    length: maybe(attr(byteCount)),
    versionId: maybe(attr(uuid)),
  }),
  ['name'],
  ([name]) => ({ name }),
);
export type ObjectToGet = Infer<typeof ObjectToGet>;

/** What a GET, VERIFY or STAGE job is asked to read, and what other requests about objects name. */
export const GetObjectList = record('Objects', { objects: many(ObjectToGet) });
export type GetObjectList = Infer<typeof GetObjectList>;
