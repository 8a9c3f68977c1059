import { int, long, text } from '../wire/scalar.ts';
import { elem, type Infer, maybe, record } from '../wire/shape.ts';

/**
 * The body of an error answer. This house always writes all fields but `requestId`: the Python SDK fails without
 * `httpErrorCode`, the .NET SDK without `message`, `resource` and `resourceId`. Other systems may leave out all but `code`.
 */
export const ErrorBody = record('Error', {
  code: elem(text),
  /** Equal to the HTTP status. */
  httpErrorCode: maybe(elem(int)),
  message: maybe(elem(text)),
  /** What S3 systems send in place of `resourceId`. Never written here: the .NET SDK takes it for a number. */
  requestId: maybe(elem(text)),
  /** The path that was asked for. */
  resource: maybe(elem(text)),
  /** The number of the request, as in the header `x-amz-request-id`. */
  resourceId: maybe(elem(long)),
});
export type ErrorBody = Infer<typeof ErrorBody>;
