/**
 * Every error code a server of this house answers, with its HTTP status and what it means when nothing more is known.
 *
 * Sources: the vendor's contracts for the statuses, the official clients for the texts they compare
 * (`NotFound`, `OBJECT_ALREADY_EXISTS`, `Client clock`), Amazon's S3 specification for the rest.
 */
export const catalogue = {
  AccessDenied: { status: 403, meaning: 'You may not do this.' },
  BadDigest: { status: 400, meaning: 'The data received do not have the checksum that was sent.' },
  BadRequest: { status: 400, meaning: 'The request is not valid.' },
  BucketAlreadyExists: { status: 409, meaning: 'A bucket of this name exists.' },
  BucketNotEmpty: { status: 409, meaning: 'The bucket holds objects.' },
  Conflict: { status: 409, meaning: 'The request conflicts with what is there.' },
  EntityTooLarge: { status: 400, meaning: 'The body is larger than allowed.' },
  EntityTooSmall: { status: 400, meaning: 'A part that is not the last is smaller than allowed.' },
  Gone: { status: 410, meaning: 'It was there and has ended.' },
  IncompleteBody: { status: 400, meaning: 'The body ended before its declared length.' },
  InsufficientSpace: { status: 402, meaning: 'There is not enough space.' },
  InternalError: { status: 500, meaning: 'The server failed. The request id finds the reason in its log.' },
  InvalidAccessKeyId: { status: 403, meaning: 'No user has this access id.' },
  InvalidArgument: { status: 400, meaning: 'A parameter has a value that is not allowed.' },
  InvalidBucketName: {
    status: 400,
    meaning: 'A bucket name has 1 to 63 letters, digits, dots, dashes or underscores.',
  },
  InvalidDigest: { status: 400, meaning: 'The checksum header is not base64 of the right length.' },
  InvalidPart: { status: 400, meaning: 'A part has not arrived, or has another ETag.' },
  InvalidPartOrder: { status: 400, meaning: 'The parts are not listed in the order of their numbers.' },
  InvalidRange: { status: 416, meaning: 'The range is not within the object.' },
  InvalidRequest: { status: 400, meaning: 'The request is not valid.' },
  InvalidURI: { status: 400, meaning: 'The request target cannot be read.' },
  MalformedXML: { status: 400, meaning: 'The body is not the XML document that is expected here.' },
  MethodNotAllowed: { status: 400, meaning: 'This method is not served at this address.' },
  MissingContentLength: { status: 411, meaning: 'The request needs a Content-Length.' },
  NoSuchBucket: { status: 404, meaning: 'There is no such bucket.' },
  NoSuchKey: { status: 404, meaning: 'There is no such object.' },
  NoSuchUpload: { status: 404, meaning: 'There is no such multipart upload.' },
  NotFound: { status: 404, meaning: 'There is no such thing.' },
  NotImplemented: { status: 501, meaning: 'This server does not serve this operation.' },
  NotModified: { status: 304, meaning: 'The object is as the client knows it.' },
  OBJECT_ALREADY_EXISTS: { status: 409, meaning: 'An object of this name exists, and its bucket keeps no versions.' },
  ObjectNotFound: { status: 404, meaning: 'There is no such object.' },
  PreconditionFailed: { status: 412, meaning: 'A condition of the request does not hold.' },
  RequestTimeTooSkewed: { status: 403, meaning: 'Client clock and server clock are too far apart.' },
  RequestTimeout: { status: 400, meaning: 'The body did not arrive in time.' },
  ServiceUnavailable: { status: 503, meaning: 'The server cannot do this now; try again later.' },
  SignatureDoesNotMatch: { status: 403, meaning: 'The signature does not match the request and the secret key.' },
  SlowDown: { status: 503, meaning: 'The cache is full; try again later.' },
  XAmzContentSHA256Mismatch: { status: 400, meaning: 'The body does not have the SHA-256 that was signed.' },
} as const satisfies Record<string, { readonly status: number; readonly meaning: string }>;

export type ErrorCode = keyof typeof catalogue;
