import { type Match, topics } from '@nacre/model';

/** What users do all day; everything else that changes something is administration. */
const everyday: ReadonlySet<string> = new Set([topics.jobs, topics.objects].flatMap((rows) => Object.keys(rows ?? {})));

/** Operations of the S3 side that change more than objects. */
const onBuckets: ReadonlySet<string> = new Set(['putBucket', 'deleteBucket']);

/** Whether an operation belongs into the audit log. */
export function isAdministrative({ plane, name, operation }: Pick<Match, 'plane' | 'name' | 'operation'>): boolean {
  if (operation.verb === 'GET' || operation.verb === 'HEAD') return false;
  return plane === 'ds3' ? !everyday.has(name) : onBuckets.has(name);
}

/** A signature in a query is as good as a key until it expires. */
const secret = /secret|accountkey|password|signature|token/;

/** The parameters of a request as they may be written down. */
export function withoutSecrets({ parameters }: Pick<Match, 'parameters'>): Record<string, string> {
  return Object.fromEntries(
    [...parameters].map(([name, value]) => [name, secret.test(name) ? '(hidden)' : (value ?? '')]),
  );
}
