import { Ds3Error } from '@nacre/model';

/** Errors: `ServiceUnavailable` while the system is told to take no new jobs, or is not activated. */
export function checkNewJobsAllowed(backend: {
  readonly activated: boolean;
  readonly allowNewJobRequests: boolean;
}): void {
  if (!backend.activated) throw refusal('The data path backend is not activated.');
  if (!backend.allowNewJobRequests) throw refusal('The system takes no new jobs now: allow_new_job_requests is false.');
}

function refusal(message: string): Ds3Error {
  return new Ds3Error('ServiceUnavailable', { message, retryAfterSeconds: 60 });
}
