import type { Suite } from './suite.ts';
import { awsCli } from './suites/aws-cli.ts';
import { boto, boto3 } from './suites/boto.ts';
import { go, goSdk, goSmallCache, minioGo } from './suites/go.ts';
import { awsJava1, awsJava2 } from './suites/java.ts';
import { rclone } from './suites/rclone.ts';
import { s3cmd } from './suites/s3cmd.ts';

/** All suites, in the order in which they run. */
export const suites: readonly Suite[] = [
  goSdk,
  go,
  goSmallCache,
  rclone,
  s3cmd,
  awsCli,
  boto3,
  boto,
  minioGo,
  awsJava1,
  awsJava2,
];
