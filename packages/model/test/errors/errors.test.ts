import { catalogue, Ds3Error, isDs3Error } from '@nacre/model';
import { describe, expect, test } from 'vitest';

describe('the catalogue', () => {
  test.each(Object.entries(catalogue))(
    'says of %s a status that is no success and a sentence',
    (_, { status, meaning }) => {
      expect(status).toBeGreaterThanOrEqual(300);
      expect(status).toBeLessThan(600);
      expect(meaning).toMatch(/^[A-Z].+\.$/);
    },
  );

  test('has the codes and texts that clients compare', () => {
    expect(catalogue.RequestTimeTooSkewed.meaning).toContain('Client clock');
    expect(catalogue.NotFound.status).toBe(404);
    expect(catalogue.OBJECT_ALREADY_EXISTS.status).toBe(409);
    expect(catalogue.MethodNotAllowed.status).toBe(400);
    expect(catalogue.InsufficientSpace.status).toBe(402);
  });
});

describe('an error', () => {
  test('of the catalogue has its status, and its meaning unless it says more', () => {
    const plain = new Ds3Error('NotFound');
    expect([plain.code, plain.status, plain.message]).toEqual(['NotFound', 404, 'There is no such thing.']);
    const detailed = new Ds3Error('NotFound', { message: 'No job.', resource: 'a', retryAfterSeconds: 5 });
    expect(detailed).toMatchObject({ message: 'No job.', resource: 'a', retryAfterSeconds: 5 });
  });

  test('of another system keeps its code and status', () => {
    const odd = new Ds3Error('TeapotFound', { status: 418, requestId: '7' });
    expect([odd.code, odd.status, odd.message, odd.requestId]).toEqual(['TeapotFound', 418, 'TeapotFound', '7']);
    expect(new Ds3Error('constructor').status).toBe(500);
  });

  test('keeps its cause', () => {
    const cause = new Error('disk');
    expect(new Ds3Error('InternalError', { cause }).cause).toBe(cause);
  });

  test('is told from others, by code where one is asked for', () => {
    const error: unknown = new Ds3Error('Conflict');
    expect(isDs3Error(error)).toBe(true);
    expect(isDs3Error(error, 'Conflict')).toBe(true);
    expect(isDs3Error(error, 'NotFound')).toBe(false);
    expect(isDs3Error(new Error('Conflict'))).toBe(false);
    expect(isDs3Error(undefined)).toBe(false);
  });
});
