import { Ds3Error, type Priority } from '@nacre/model';

/** A job as far as its state is concerned. Sizes in bytes. */
export interface JobFacts {
  readonly id: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED';
  readonly protected: boolean;
  readonly deadJobCleanupAllowed: boolean;
  readonly touchedAt: Date;
}

const requestable: readonly Priority[] = ['URGENT', 'HIGH', 'NORMAL', 'LOW'];

/** Whether a client may ask for this priority. */
export function isRequestable(priority: Priority): boolean {
  return requestable.includes(priority);
}

/** Refuses CRITICAL and BACKGROUND, which are the system's own. Errors: `InvalidArgument`. */
export function checkPriority(priority: Priority | undefined): void {
  if (priority !== undefined && !isRequestable(priority)) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'priority',
      message: `The priority ${priority} is the system's own; a request may ask for ${requestable.join(', ')}.`,
    });
  }
}

/** A job that has ended takes no more work. Errors: `NotFound`, as for a job that never was. */
export function needActive(job: JobFacts): void {
  if (job.status !== 'IN_PROGRESS') {
    throw new Ds3Error('NotFound', {
      resource: job.id,
      message: `The job ${job.id} is not active: it is ${job.status}.`,
    });
  }
}

/** A protected job is neither cancelled nor truncated until its protection is lifted. Errors: `Conflict`. */
export function needUnprotected(job: JobFacts): void {
  if (job.protected) {
    throw new Ds3Error('Conflict', {
      resource: job.id,
      message: `The job ${job.id} is protected; modify it with protected=false first.`,
    });
  }
}

/** Whether nobody has touched the job for so long that it is given up. */
export function isAbandoned(job: JobFacts, now: Date, idleHours: number): boolean {
  const idleMilliseconds = now.getTime() - job.touchedAt.getTime();
  return job.status === 'IN_PROGRESS' && job.deadJobCleanupAllowed && idleMilliseconds >= idleHours * 3_600_000;
}

/** Name of a job that was not given one: `PUT by 192.0.2.7`. */
export function defaultJobName(kind: 'PUT' | 'GET' | 'VERIFY' | 'STAGE', remoteAddress: string): string {
  return `${kind} by ${remoteAddress.replace(/^::ffff:/, '')}`;
}
