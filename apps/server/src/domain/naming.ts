/** How a registration wants names spelled. */
export type NamingConvention =
  | 'CONCAT_LOWERCASE'
  | 'CONSTANT'
  | 'UNDERSCORED'
  | 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE'
  | 'CAMEL_CASE_WITH_FIRST_LETTER_LOWERCASE';

/** `jobId` → `jobid`, `JOB_ID`, `job_id`, `JobId`, `jobId`. */
export function spell(name: string, convention: NamingConvention): string {
  const words = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  switch (convention) {
    case 'CONCAT_LOWERCASE':
      return words.join('');
    case 'CONSTANT':
      return words.join('_').toUpperCase();
    case 'UNDERSCORED':
      return words.join('_');
    case 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE':
      return words.map(capital).join('');
    case 'CAMEL_CASE_WITH_FIRST_LETTER_LOWERCASE':
      return words.map((word, i) => (i === 0 ? word : capital(word))).join('');
  }
}
