import { Ds3Error, encodePath } from '@nacre/model';

/** How a listing spells keys: as they are, or in percent codes. Errors: `InvalidArgument` for another encoding. */
export function keySpelling(encodingType: string | undefined): (key: string) => string {
  if (encodingType === undefined) return (key) => key;
  if (encodingType.toLowerCase() === 'url') return encodePath;
  throw new Ds3Error('InvalidArgument', {
    resource: 'encoding-type',
    message: `The encoding type '${encodingType}' is not known; there is 'url'.`,
  });
}
