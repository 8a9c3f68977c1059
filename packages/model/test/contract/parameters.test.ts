import { contract, isDs3Error, type Operation, readParameters, writeParameters } from '@nacre/model';
import { describe, expect, test } from 'vitest';

const { cancelJob, getActiveJobs, getBulkJob, getTapes, getUsers, modifyUser, putBucket, putBulkJob } = contract.ds3;
const { getObjectsDetails, verifyPhysicalPlacementForObjects } = contract.ds3;
const { getBucket, putObject } = contract.s3;

/** Keyed as the router keys them. */
function read(operation: Operation, parameters: Readonly<Record<string, string | undefined>>) {
  return readParameters(operation, new Map(Object.entries(parameters)));
}

function refusal(operation: Operation, parameters: Readonly<Record<string, string | undefined>>) {
  try {
    read(operation, parameters);
  } catch (error) {
    if (isDs3Error(error, 'InvalidArgument')) return { resource: error.resource, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('reading', () => {
  test('gives values by the keys of the row, each as its type', () => {
    const id = '0C2F6A1E-53A4-4A0E-9A55-3F1C0F6F9B10';
    expect(read(putBucket, { name: 'video', dataPolicyId: 'x', datapolicyid: 'Fast', id, protected: 'True' })).toEqual({
      name: 'video',
      dataPolicyId: 'Fast',
      id: id.toLowerCase(),
      protected: true,
    });
    expect(read(putBulkJob, { priority: 'urgent', maxuploadsize: '10485760' })).toEqual({
      priority: 'URGENT',
      maxUploadSize: 10485760,
    });
    expect(read(getActiveJobs, { rechunked: '1795338900000' })).toEqual({ rechunked: new Date(1795338900000) });
  });

  test('leaves out what is absent and ignores what the row does not know', () => {
    expect(read(getUsers, {})).toEqual({});
    expect(read(getUsers, { colour: 'red', 'x-id': 'GetUsers', constructor: 'x', __proto__: 'y' })).toEqual({});
  });

  test('takes flags in every spelling, and `false` for their absence', () => {
    for (const value of [undefined, '', 'True', 'x'])
      expect(read(putBulkJob, { force: value })).toEqual({ force: true });
    for (const value of ['false', 'False']) expect(read(putBulkJob, { force: value })).toEqual({});
  });

  test('leaves required flags out of the values, and misses them when they are off', () => {
    expect(read(cancelJob, { force: '' })).toEqual({});
    expect(refusal(cancelJob, {})).toEqual({ resource: 'force', message: 'The parameter force is required.' });
    expect(refusal(cancelJob, { force: 'False' })).toEqual({
      resource: 'force',
      message: 'The parameter force is required.',
    });
  });

  test('takes an empty value of a clearable parameter as nothing', () => {
    expect(read(modifyUser, { defaultdatapolicyid: '' })).toEqual({ defaultDataPolicyId: null });
    expect(read(getTapes, { ejectlabel: undefined, verifypending: '' })).toEqual({
      ejectLabel: null,
      verifyPending: null,
    });
  });

  test('refuses an empty value of other parameters, a text excepted', () => {
    expect(read(getBucket, { delimiter: '', marker: undefined })).toEqual({ delimiter: '', marker: '' });
    expect(refusal(putObject, { offset: '' })).toEqual({
      resource: 'offset',
      message: "The parameter offset is '', not a byte count.",
    });
    expect(refusal(getObjectsDetails, { bucketid: '' }).message).toBe(
      "The parameter bucket_id is '', not a name or UUID.",
    );
  });

  test('says which parameter is wrong, what was sent and what is expected', () => {
    expect(refusal(putObject, { job: 'reel' })).toEqual({
      resource: 'job',
      message: "The parameter job is 'reel', not a UUID.",
    });
    expect(refusal(putObject, { offset: '-1' }).message).toBe("The parameter offset is '-1', not a byte count.");
    expect(refusal(getBucket, { maxkeys: '99999999999' }).message).toBe(
      "The parameter max_keys is '99999999999', not a 32-bit integer.",
    );
    expect(refusal(getBulkJob, { priority: 'SOON' }).message).toBe(
      "The parameter priority is 'SOON', not Priority (CRITICAL, URGENT, HIGH, NORMAL, LOW, BACKGROUND).",
    );
    expect(refusal(getBulkJob, { aggregating: '' }).message).toBe(
      "The parameter aggregating is '', not true or false.",
    );
    expect(refusal(putBucket, {})).toEqual({ resource: 'name', message: 'The parameter name is required: text.' });
  });

  test('does not send a long value back', () => {
    expect(refusal(putObject, { job: 'x'.repeat(1_000_000) }).message.length).toBeLessThan(200);
  });

  test('takes a parameter under its older name, and prefers the present one', () => {
    expect(read(verifyPhysicalPlacementForObjects, { storagedomainid: 'Tapes' })).toEqual({ storageDomain: 'Tapes' });
    expect(read(verifyPhysicalPlacementForObjects, { storagedomainid: 'Tapes', storagedomain: 'Pools' })).toEqual({
      storageDomain: 'Pools',
    });
  });
});

describe('writing', () => {
  test('puts `operation` first and spells names as DS3 systems do', () => {
    expect(writeParameters(putBulkJob, { maxUploadSize: 10485760, force: true, priority: 'HIGH' })).toEqual([
      { name: 'operation', value: 'start_bulk_put' },
      { name: 'force', value: undefined },
      { name: 'max_upload_size', value: '10485760' },
      { name: 'priority', value: 'HIGH' },
    ]);
    expect(writeParameters(getBucket, { maxKeys: 5, listType: 2 })).toEqual([
      { name: 'list-type', value: '2' },
      { name: 'max_keys', value: '5' },
    ]);
  });

  test('sends required flags bare and always, others only when on', () => {
    expect(writeParameters(cancelJob, {})).toEqual([{ name: 'force', value: undefined }]);
    expect(writeParameters(putBulkJob, { force: false })).toEqual([{ name: 'operation', value: 'start_bulk_put' }]);
  });

  test('sends nothing as an empty value', () => {
    expect(writeParameters(modifyUser, { defaultDataPolicyId: null, name: undefined })).toEqual([
      { name: 'default_data_policy_id', value: '' },
    ]);
  });

  test('never sends an older name', () => {
    expect(writeParameters(verifyPhysicalPlacementForObjects, { storageDomain: 'Tapes' })).toContainEqual({
      name: 'storage_domain',
      value: 'Tapes',
    });
  });

  test('refuses to send without a required parameter', () => {
    expect(() => writeParameters(putBucket, {})).toThrow('The parameter name is required: text.');
  });
});
