import { Ds3Error } from '../errors/ds3-error.ts';
import { type SignedRequest, targetOf } from './request.ts';
import type { QueryParameter } from './target.ts';

/** Who a request says it is from, and the signature that is to prove it. Nothing in it has been checked yet. */
export type Claim = V2Claim | V2PresignedClaim | V4Claim | V4PresignedClaim;

export interface V2Claim {
  readonly scheme: 'V2';
  readonly accessKey: string;
  /** Base64. */
  readonly signature: string;
}

export interface V2PresignedClaim {
  readonly scheme: 'V2-presigned';
  readonly accessKey: string;
  readonly signature: string;
  /** The time up to which it holds, as written: epoch seconds. */
  readonly expires: string;
}

interface V4Parts {
  readonly accessKey: string;
  /** Hex. */
  readonly signature: string;
  /** The day of the key: `20260101`. */
  readonly day: string;
  readonly region: string;
  /** Names in lower case, in the order of the canonical request. */
  readonly signedHeaders: readonly string[];
}

export interface V4Claim extends V4Parts {
  readonly scheme: 'V4';
}

export interface V4PresignedClaim extends V4Parts {
  readonly scheme: 'V4-presigned';
  /** When it was signed: `20260101T000000Z`. */
  readonly timestamp: string;
  /** For how many seconds it holds, as written. */
  readonly expires: string;
}

const v4Algorithm = 'AWS4-HMAC-SHA256';

/** A parameter of a presigned target, or what has to be read before that is known. */
const mayBePresigned = /^[^/]|[?&](?:X-Amz-|AWSAccessKeyId)|%/;

/**
 * Reads who a request says it is from: an `Authorization` header of signature version 2 or 4, or the query of a
 * presigned target. Answers `undefined` when nothing is signed.
 * Errors: `InvalidArgument` for a signature that cannot be read, `InvalidURI` for such a target.
 */
export function readClaim(request: SignedRequest): Claim | undefined {
  const authorization = request.headers.get('authorization');
  const presigned = mayBePresigned.test(request.rawTarget) ? presignedClaim(targetOf(request).query) : undefined;
  if (authorization === undefined) return presigned;
  if (presigned !== undefined) throw malformed('a request is signed in its headers or in its query, not in both');
  return headerClaim(authorization);
}

function headerClaim(authorization: string): Claim {
  if (authorization.startsWith('AWS ')) return v2Claim(authorization.slice('AWS '.length).trim());
  if (authorization.startsWith(`${v4Algorithm} `)) return v4Claim(authorization.slice(v4Algorithm.length));
  throw malformed('only signature versions 2 (AWS) and 4 (AWS4-HMAC-SHA256) are known here');
}

/** `<access key>:<signature>`; an access key is base64 and may hold `=`, `/` and `+`. */
function v2Claim(written: string): V2Claim {
  const colon = written.lastIndexOf(':');
  const [accessKey, signature] = [written.slice(0, Math.max(colon, 0)), written.slice(colon + 1)];
  if (accessKey === '' || signature === '') throw malformed('AWS <access key>:<signature> is expected');
  return { scheme: 'V2', accessKey, signature };
}

/** `Credential=…, SignedHeaders=…, Signature=…` in any order. */
function v4Claim(written: string): V4Claim {
  const parts = new Map<string, string>();
  for (const part of written.split(',')) {
    const [name, value] = cutAt(part.trim(), '=');
    if (parts.has(name)) throw malformed(`${name} is given twice`);
    parts.set(name, value);
  }
  const needed = (name: string): string => {
    const value = parts.get(name);
    if (value === undefined || value === '') throw malformed(`${name}= is expected`);
    return value;
  };
  return { scheme: 'V4', ...v4Parts(needed('Credential'), needed('SignedHeaders'), needed('Signature')) };
}

function presignedClaim(query: readonly QueryParameter[]): V2PresignedClaim | V4PresignedClaim | undefined {
  const has = (name: string): boolean => query.some((parameter) => parameter.name === name);
  const needed = (name: string): string => {
    const values = query.filter((parameter) => parameter.name === name);
    const value = values[0]?.value;
    if (values.length !== 1 || value === undefined || value === '') {
      throw malformed(`a presigned request needs ${name}, once`, name);
    }
    return value;
  };
  if (has('X-Amz-Signature') || has('X-Amz-Credential')) {
    if (needed('X-Amz-Algorithm') !== v4Algorithm) throw malformed(`only ${v4Algorithm} is known here`);
    const parts = v4Parts(needed('X-Amz-Credential'), needed('X-Amz-SignedHeaders'), needed('X-Amz-Signature'));
    return { scheme: 'V4-presigned', ...parts, timestamp: needed('X-Amz-Date'), expires: needed('X-Amz-Expires') };
  }
  if (!has('AWSAccessKeyId')) return undefined;
  return {
    scheme: 'V2-presigned',
    accessKey: needed('AWSAccessKeyId'),
    // A plus that was not encoded was read as a blank; base64 has none.
    signature: needed('Signature').replaceAll(' ', '+'),
    expires: needed('Expires'),
  };
}

/** `<access key>/<day>/<region>/s3/aws4_request`, cut from the right: an access key may hold `/`. */
function v4Parts(credential: string, signedHeaders: string, signature: string): V4Parts {
  const fields = credential.split('/');
  const [day = '', region = '', service, end] = fields.slice(-4);
  const accessKey = fields.slice(0, -4).join('/');
  if (
    accessKey === '' ||
    !/^\d{8}$/.test(day) ||
    !/^[\w.-]+$/.test(region) ||
    service !== 's3' ||
    end !== 'aws4_request'
  ) {
    throw malformed('the credential is not <access key>/<yyyymmdd>/<region>/s3/aws4_request');
  }
  if (!/^[!#$%&'*+.^`|~\w-]+(;[!#$%&'*+.^`|~\w-]+)*$/.test(signedHeaders) || /[A-Z]/.test(signedHeaders)) {
    throw malformed('the signed headers are not names in lower case joined by semicolons');
  }
  return { accessKey, signature, day, region, signedHeaders: signedHeaders.split(';') };
}

function cutAt(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

function malformed(message: string, resource = 'Authorization'): Ds3Error {
  return new Ds3Error('InvalidArgument', { message, resource });
}
