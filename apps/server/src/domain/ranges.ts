import { Ds3Error } from '@nacre/model';

/** Errors: `InvalidArgument`, naming the parameter, for a number below `least` or above `most`. No number is in range. */
export function needBetween(
  parameter: string,
  value: number | null | undefined,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (value === null || value === undefined || (value >= least && value <= most)) return;
  const range = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  throw new Ds3Error('InvalidArgument', {
    resource: parameter,
    message: `${parameter} is ${value}; it may be ${range}.`,
  });
}
