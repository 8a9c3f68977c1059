import { jobs } from './jobs.ts';
import { s3Operations } from './s3.ts';

export const contract = { s3: s3Operations, ds3: { ...jobs } } as const;
