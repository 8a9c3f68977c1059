export { type UnwrapOptions, unwrapChunked, type WrapOptions, wrapChunked } from './chunked.ts';
export {
  type Claim,
  readClaim,
  type V2Claim,
  type V2PresignedClaim,
  type V4Claim,
  type V4PresignedClaim,
} from './claim.ts';
export {
  type Credentials,
  type RequestHeader,
  type RequestHeaders,
  type RequestToSign,
  requestHeaders,
  type SignedRequest,
} from './request.ts';
export {
  encodePath,
  encodePercent,
  parseTarget,
  type QueryParameter,
  type RequestTarget,
  splitTarget,
  TargetError,
} from './target.ts';
export { presignV2, signV2 } from './v2.ts';
export { type ChunkSigning, presignV4, signV4, type V4Options } from './v4.ts';
export { type VerifiedPayload, verifyClaim } from './verify.ts';
