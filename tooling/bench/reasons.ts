/**
 * Why a goal is not reached: where the time goes, what was tried, what would be needed. By the measure's name, and
 * `MEASURE: FIGURE` where one figure has a reason of its own. Markdown.
 */
export const reasons: Readonly<Record<string, string>> = {
  authenticate:
    'The hashes take about half of it: two for the HMAC, and one more for the canonical request of version 4. The rest is reading the headers and the date, and making the text that is signed.',
  'encode-list':
    'About a third goes into looking for what must be escaped, and a third into making bytes of text. Writing bytes instead of text would be next.',
  'stream-list':
    'Half of the time goes into making the objects; a quarter into making sure that the bytes are UTF-8 and hold nothing that XML may not. Most of that could be left to the comparison of alike entries.',
  'job-rows: create, 100,000 objects':
    'COPY in the database is about as long as the other side; what is on top is decoding the request, planning and the answer, which wait for each other in part.',
};
