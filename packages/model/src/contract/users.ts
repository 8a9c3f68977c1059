import { User } from '../types/user.ts';
import { int, nameOrId, text, uuid } from '../wire/scalar.ts';
import { clearable, create, data, items, list, may, modify, need, on, paging, remove, show } from './define.ts';

/** Users and their keys. */
export const users = {
  ...on('user', {
    /** Users. SDK: GetUsersSpectraS3. */
    getUsers: list({
      query: { authId: may(text), defaultDataPolicyId: clearable(nameOrId), name: may(text), ...paging },
      answer: items(User),
      raises: ['NotFound'],
    }),

    /** One user. SDK: GetUserSpectraS3. */
    getUser: show({ answer: data(User), raises: ['NotFound'] }),

    /** Makes a user; the keys are in the answer. SDK: DelegateCreateUserSpectraS3. */
    delegateCreateUser: create({
      query: {
        name: need(text),
        defaultDataPolicyId: may(nameOrId),
        id: may(uuid),
        maxBuckets: may(int),
        secretKey: may(text),
      },
      answer: data(User),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Changes a user. SDK: ModifyUserSpectraS3. */
    modifyUser: modify({
      query: { defaultDataPolicyId: clearable(nameOrId), maxBuckets: may(int), name: may(text), secretKey: may(text) },
      answer: data(User),
      raises: ['Conflict', 'NotFound'],
    }),

    /** Gives a user a new secret key; the old one stops working at once. SDK: RegenerateUserSecretKeySpectraS3. */
    regenerateUserSecretKey: modify({ operation: 'regenerate_secret_key', answer: data(User), raises: ['NotFound'] }),

    /** Deletes a user who owns neither buckets nor jobs. SDK: DelegateDeleteUserSpectraS3. */
    delegateDeleteUser: remove({ raises: ['Conflict', 'NotFound'] }),
  }),
};
