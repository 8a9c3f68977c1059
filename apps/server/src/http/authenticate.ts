import { Ds3Error } from '@nacre/model';
import { type Claim, readClaim, type SignedRequest, type VerifiedPayload, verifyClaim } from '@nacre/model/signing';
import type { ServerContext } from '../context.ts';
import { type Caller, grantsOf } from '../domain/permissions.ts';

export interface Authenticated {
  readonly caller: Caller;
  /** How the request is signed. */
  readonly scheme: Claim['scheme'];
  /** What the signature says of the body. */
  readonly payload: VerifiedPayload;
}

/**
 * Who signed this request: signature version 2 or 4, in the header or in the query.
 * Errors: `AccessDenied` unsigned, `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `RequestTimeTooSkewed`.
 */
export async function authenticate(
  { lookups, seal, clock }: Pick<ServerContext, 'lookups' | 'seal' | 'clock'>,
  request: SignedRequest,
): Promise<Authenticated> {
  const claim = readClaim(request);
  if (!claim) {
    throw new Ds3Error('AccessDenied', { message: 'The request is not signed; every request needs a signature.' });
  }
  const claimant = await lookups.claimant(claim.accessKey);
  if (!claimant) throw new Ds3Error('InvalidAccessKeyId', { resource: claim.accessKey.slice(0, 128) });
  const payload = verifyClaim(claim, request, seal.unseal(claimant.sealedSecretKey), clock.now());
  const { id, name, authId, defaultDataPolicyId, administrator, bucketRights, dataPolicyIds } = claimant;
  const grants = grantsOf(bucketRights, dataPolicyIds);
  return { caller: { id, name, authId, defaultDataPolicyId, administrator, grants }, scheme: claim.scheme, payload };
}
