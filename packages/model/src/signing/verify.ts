import { Ds3Error } from '../errors/ds3-error.ts';
import type { Claim, V2Claim, V2PresignedClaim, V4Claim, V4PresignedClaim } from './claim.ts';
import { formatBasicDate, isBasicDate, parseRequestDate } from './dates.ts';
import { isSameSignature } from './hmac.ts';
import { type RequestHeaders, type SignedRequest, targetOf } from './request.ts';
import { hasV2Signature } from './v2.ts';
import { type ChunkSigning, signatureOf, unsignedPayload, type V4Signing } from './v4.ts';

/**
 * What a signature says about the body.
 * unsigned: nothing. sha256: the body has this digest (lower-case hex). streaming: the body is in chunks (`unwrapChunked`);
 * `signed` says that each has a signature, which `context` checks, `trailer` that headers follow the last.
 */
export type VerifiedPayload =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'sha256'; readonly hex: string }
  | {
      readonly kind: 'streaming';
      readonly signed: boolean;
      readonly trailer: boolean;
      readonly context: ChunkSigning | undefined;
    };

/**
 * Checks that a request was signed with this secret key, and recently.
 *
 * Errors: `SignatureDoesNotMatch`; `RequestTimeTooSkewed` when the client's clock is off by more than 15 minutes;
 * `AccessDenied` for a presigned request that has expired, and for one without a time or with parts that have to be
 * signed and are not; `InvalidRequest` without the payload hash that version 4 needs.
 */
export function verifyClaim(claim: Claim, request: SignedRequest, secretKey: string, now: Date): VerifiedPayload {
  switch (claim.scheme) {
    case 'V2':
      return verifyV2(claim, request, secretKey, now);
    case 'V2-presigned':
      return verifyPresignedV2(claim, request, secretKey, now);
    case 'V4':
      return verifyV4(claim, request, secretKey, now);
    case 'V4-presigned':
      return verifyPresignedV4(claim, request, secretKey, now);
  }
}

const allowedSkewMinutes = 15;
const longestPresignSeconds = 604_800;

function verifyV2(claim: V2Claim, request: SignedRequest, secretKey: string, now: Date): VerifiedPayload {
  const amzDate = request.headers.get('x-amz-date');
  const date = request.headers.get('date') ?? '';
  checkClock(amzDate ?? date, now);
  const dateSlot = amzDate === undefined ? date : '';
  if (!hasV2Signature(request, claim.signature, dateSlot, secretKey)) throw new Ds3Error('SignatureDoesNotMatch');
  return { kind: 'unsigned' };
}

function verifyPresignedV2(
  claim: V2PresignedClaim,
  request: SignedRequest,
  secretKey: string,
  now: Date,
): VerifiedPayload {
  if (!/^\d{1,12}$/.test(claim.expires)) throw denied('Expires is not a number of seconds');
  if (now.getTime() > Number(claim.expires) * 1000) throw denied('Request has expired');
  if (!hasV2Signature(request, claim.signature, claim.expires, secretKey)) throw new Ds3Error('SignatureDoesNotMatch');
  return { kind: 'unsigned' };
}

function verifyV4(claim: V4Claim, request: SignedRequest, secretKey: string, now: Date): VerifiedPayload {
  const { headers } = request;
  const written = headers.get('x-amz-date') ?? headers.get('date') ?? '';
  const at = checkClock(written, now);
  const timestamp = isBasicDate(written) ? written : formatBasicDate(new Date(at));
  const payloadHash = headers.get(payloadHeader);
  if (payloadHash === undefined) {
    throw new Ds3Error('InvalidRequest', { message: `signature version 4 needs the header ${payloadHeader}` });
  }
  checkAllSigned(claim, headers, new Set());
  const target = targetOf(request);
  return checkV4(claim, timestamp, secretKey, { ...request, target, query: target.query, payloadHash });
}

function verifyPresignedV4(
  claim: V4PresignedClaim,
  request: SignedRequest,
  secretKey: string,
  now: Date,
): VerifiedPayload {
  checkPresignedTime(claim, now);
  // Some clients send the hash without signing it; it has no meaning then.
  checkAllSigned(claim, request.headers, new Set([payloadHeader]));
  const target = targetOf(request);
  const query = target.query.filter(({ name }) => name !== 'X-Amz-Signature');
  const inHeader = claim.signedHeaders.includes(payloadHeader) ? request.headers.get(payloadHeader) : undefined;
  const inQuery = query.find(({ name }) => name === 'X-Amz-Content-Sha256')?.value;
  const payloadHash = inHeader ?? inQuery ?? unsignedPayload;
  return checkV4(claim, claim.timestamp, secretKey, { ...request, target, query, payloadHash });
}

const payloadHeader = 'x-amz-content-sha256';

function checkV4(
  claim: V4Claim | V4PresignedClaim,
  timestamp: string,
  secretKey: string,
  signing: Omit<V4Signing, 'signedHeaders'>,
): VerifiedPayload {
  const { day, region, signedHeaders } = claim;
  if (!timestamp.startsWith(day)) throw denied('the day of the credential is not the day of the request');
  const context = signatureOf({ ...signing, signedHeaders }, { timestamp, region, secretKey });
  if (!isSameSignature(context.signature, claim.signature)) throw new Ds3Error('SignatureDoesNotMatch');
  return payloadOf(signing.payloadHash, context);
}

/** What is not signed could have been added by anyone. */
function checkAllSigned(
  { signedHeaders }: V4Claim | V4PresignedClaim,
  headers: RequestHeaders,
  mayBeUnsigned: ReadonlySet<string>,
): void {
  if (!signedHeaders.includes('host')) throw denied('the Host header has to be signed');
  for (const { lowerName } of headers.all) {
    if (!lowerName.startsWith('x-amz-') || signedHeaders.includes(lowerName) || mayBeUnsigned.has(lowerName)) continue;
    throw denied(`the header ${lowerName} has to be signed`);
  }
}

function checkPresignedTime({ timestamp, expires }: V4PresignedClaim, now: Date): void {
  const from = isBasicDate(timestamp) ? parseRequestDate(timestamp) : undefined;
  if (from === undefined) throw denied('X-Amz-Date is not a time such as 20260101T000000Z');
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (seconds < 1 || seconds > longestPresignSeconds) {
    throw denied(`X-Amz-Expires is not a number of seconds from 1 to ${longestPresignSeconds}`);
  }
  if (now.getTime() > from + seconds * 1000) throw denied('Request has expired');
  if (now.getTime() < from - allowedSkewMinutes * 60_000) throw denied('Request is not yet valid');
}

/** The time a request was signed at, when it is near enough: epoch milliseconds. */
function checkClock(written: string, now: Date): number {
  const at = parseRequestDate(written);
  if (at === undefined) throw denied('a signed request needs a valid Date or x-amz-date header');
  const minutes = Math.abs(at - now.getTime()) / 60_000;
  if (minutes <= allowedSkewMinutes) return at;
  throw new Ds3Error('RequestTimeTooSkewed', {
    message: `Client clock and server clock are ${Math.round(minutes)} minutes apart, more than ${allowedSkewMinutes}.`,
  });
}

function payloadOf(hash: string, context: ChunkSigning): VerifiedPayload {
  switch (hash) {
    case unsignedPayload:
      return { kind: 'unsigned' };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'streaming', signed: false, trailer: true, context: undefined };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'streaming', signed: true, trailer: false, context };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'streaming', signed: true, trailer: true, context };
  }
  if (/^[\da-f]{64}$/i.test(hash)) return { kind: 'sha256', hex: hash.toLowerCase() };
  throw new Ds3Error('InvalidArgument', { message: `${payloadHeader} is not a SHA-256`, resource: payloadHeader });
}

function denied(message: string): Ds3Error {
  return new Ds3Error('AccessDenied', { message });
}
