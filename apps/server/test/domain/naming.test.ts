import { expect, test } from 'vitest';
import { spell } from '../../src/domain/naming.ts';

test.each([
  ['CONCAT_LOWERCASE', 'notificationgenerationdate'],
  ['CONSTANT', 'NOTIFICATION_GENERATION_DATE'],
  ['UNDERSCORED', 'notification_generation_date'],
  ['CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE', 'NotificationGenerationDate'],
  ['CAMEL_CASE_WITH_FIRST_LETTER_LOWERCASE', 'notificationGenerationDate'],
] as const)('%s spells %s', (convention, spelled) => {
  expect(spell('notificationGenerationDate', convention)).toBe(spelled);
});
