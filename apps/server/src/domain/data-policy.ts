import {
  type DataIsolationLevel,
  type DataPersistenceRuleType,
  type DataPolicy,
  Ds3Error,
  type LtfsFileNamingMode,
  VersioningLevel,
} from '@nacre/model';
import { checkPriority } from './job-state.ts';

/** Whether buckets use a data policy, and whether they hold objects. */
export interface PolicyUse {
  readonly hasBuckets: boolean;
  readonly hasData: boolean;
}

export interface BlobLimits {
  readonly minUploadSize: number;
  readonly maxUploadSize: number;
}

export type PolicySettings = {
  readonly [K in
    | 'defaultBlobSize'
    | 'defaultGetJobPriority'
    | 'defaultPutJobPriority'
    | 'defaultVerifyJobPriority'
    | 'maxVersionsToKeep'
    | 'rebuildPriority']?: DataPolicy[K] | undefined;
};

/** Errors: `InvalidArgument` for a priority of the system's own, or a size or number out of range. */
export function checkPolicySettings(given: PolicySettings, limits: BlobLimits): void {
  checkPriority(given.defaultGetJobPriority);
  checkPriority(given.defaultPutJobPriority);
  checkPriority(given.defaultVerifyJobPriority);
  checkPriority(given.rebuildPriority);
  const { defaultBlobSize: size = null, maxVersionsToKeep = 1 } = given;
  if (size !== null && (size < limits.minUploadSize || size > limits.maxUploadSize)) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'default_blob_size',
      message: `default_blob_size is ${size}; it may be ${limits.minUploadSize} to ${limits.maxUploadSize} bytes.`,
    });
  }
  if (maxVersionsToKeep < 1) {
    throw new Ds3Error('InvalidArgument', {
      resource: 'max_versions_to_keep',
      message: `max_versions_to_keep is ${maxVersionsToKeep}; it must be at least 1.`,
    });
  }
}

type Kept = Pick<DataPolicy, 'name' | 'checksumType' | 'versioning'>;

/**
 * What data that are there do not allow any more: another type of checksum, and fewer versions.
 * Errors: `Conflict`. Source: BlackPearl user guide, data policies.
 */
export function checkPolicyChange(before: Kept, after: Kept, { hasData }: PolicyUse): void {
  if (!hasData) return;
  if (after.checksumType !== before.checksumType) {
    throw new Ds3Error('Conflict', {
      resource: before.name,
      message: `Data under ${before.name} have checksums of the type ${before.checksumType}, which is not changed any more.`,
    });
  }
  const levels = VersioningLevel.values ?? [];
  if (levels.indexOf(after.versioning) < levels.indexOf(before.versioning)) {
    throw new Ds3Error('Conflict', {
      resource: before.name,
      message: `${before.name} is in use with versioning ${before.versioning}; it cannot keep fewer versions any more.`,
    });
  }
}

/**
 * Storage domains that name files after objects hold one version of each.
 * Errors: `Conflict`. Source: BlackPearl user guide, data policies.
 */
export function checkFileNaming(
  policy: Pick<DataPolicy, 'name' | 'versioning'>,
  domain: { readonly name: string; readonly ltfsFileNaming: LtfsFileNamingMode },
): void {
  if (policy.versioning === 'NONE' || domain.ltfsFileNaming !== 'OBJECT_NAME') return;
  throw new Ds3Error('Conflict', {
    resource: policy.name,
    message: `The data policy ${policy.name} keeps versions; the storage domain ${domain.name} names files after objects.`,
  });
}

export interface PersistenceRule {
  readonly type: DataPersistenceRuleType;
  readonly isolationLevel: DataIsolationLevel;
  readonly minimumDaysToRetain: number | null;
}

const leastDaysOnNearline = 90;

/**
 * A temporary rule says for how many days; on nearline pools for at least 90.
 * Errors: `InvalidArgument`. Source: BlackPearl user guide, persistence rules.
 */
export function checkPersistenceRule(rule: PersistenceRule, domain: { readonly hasNearline: boolean }): void {
  const { type, minimumDaysToRetain: days } = rule;
  const least = domain.hasNearline ? leastDaysOnNearline : 1;
  if (type === 'TEMPORARY' && (days === null || days < least))
    throw wrongDays(`a TEMPORARY rule here needs at least ${least}`);
  if (type !== 'TEMPORARY' && days !== null) throw wrongDays(`a ${type} rule has none`);
}

function wrongDays(problem: string): Ds3Error {
  return new Ds3Error('InvalidArgument', {
    resource: 'minimum_days_to_retain',
    message: `minimum_days_to_retain does not fit: ${problem}.`,
  });
}

export type PersistenceRuleChange = { readonly [K in keyof PersistenceRule]?: PersistenceRule[K] | undefined };

/** A rule as a request changes it: one that is no longer temporary loses its days. */
export function changedRule(before: PersistenceRule, change: PersistenceRuleChange): PersistenceRule {
  const type = change.type ?? before.type;
  const days = type === before.type ? before.minimumDaysToRetain : null;
  return {
    type,
    isolationLevel: change.isolationLevel ?? before.isolationLevel,
    minimumDaysToRetain: change.minimumDaysToRetain === undefined ? days : change.minimumDaysToRetain,
  };
}

/**
 * What buckets and data do not allow any more: buckets that would be kept nowhere, and isolation of what is mixed.
 * `others` are the other rules of the policy. Errors: `Conflict`.
 */
export function checkRuleChange(
  before: PersistenceRule,
  after: PersistenceRule,
  others: readonly Pick<PersistenceRule, 'type'>[],
  { hasBuckets, hasData }: PolicyUse,
): void {
  if (hasData && before.isolationLevel === 'STANDARD' && after.isolationLevel === 'BUCKET_ISOLATED') {
    throw new Ds3Error('Conflict', {
      message: 'Data of several buckets may be together already: isolation can only be reduced.',
    });
  }
  if (before.type === 'PERMANENT' && after.type !== 'PERMANENT') needOtherPermanentRule(others, hasBuckets);
}

/**
 * What becomes of a rule that is to be deleted: where data were written by it, it is no longer written to but stays.
 * `others` are the other rules of the policy. Errors: `Conflict` when buckets would be kept nowhere.
 */
export function endOfRule(
  rule: Pick<PersistenceRule, 'type'>,
  others: readonly Pick<PersistenceRule, 'type'>[],
  { hasBuckets, hasData }: PolicyUse,
): 'remove' | 'retire' {
  if (rule.type === 'PERMANENT') needOtherPermanentRule(others, hasBuckets);
  return hasData ? 'retire' : 'remove';
}

function needOtherPermanentRule(others: readonly Pick<PersistenceRule, 'type'>[], hasBuckets: boolean): void {
  if (!hasBuckets || others.some(({ type }) => type === 'PERMANENT')) return;
  throw new Ds3Error('Conflict', { message: 'Buckets use the data policy, and this is its only permanent rule.' });
}
