/**
 * Why a goal is not reached: where the time goes, what was tried, what would be needed. By the measure's name, and
 * `MEASURE: FIGURE` where one figure has a reason of its own. Markdown.
 */
export const reasons: Readonly<Record<string, string>> = {
  authenticate:
    'The hashes take about half of it: two for the HMAC, and one more for the canonical request of version 4. The rest is reading the headers and the date, and making the text that is signed.',
  'encode-list':
    'A quarter goes into looking for what must be escaped, a third into joining texts and making bytes of them, a tenth into comparing what is the same in all entries. Tried: bytes that are written one by one in place of joined texts. It takes 1.4 times as long, as JavaScript reads one character of a text in 2 ns.',
  'large-object':
    'PUT: MD5 takes about 1.6 ms for a megabyte, in the thread that reads the socket, and every byte has a CRC-32C besides, with which it is compared when it is read. nginx computes nothing; MinIO computes several parts of MD5s at once by the wide instructions of the processor, on all cores. GET: every byte is compared with its CRC-32C before it goes out; the others send what the disk has, nginx without taking it out of the kernel. MD5 in a thread of its own would help where there are cores to spare.',
  'stream-list':
    'Two fifths go into comparing and reading the values of each entry, a tenth into making sure that the bytes hold nothing that XML may not; the rest is making texts and objects, and the ends of the pieces. Comparing eight characters at a time brought a tenth. Next would be values that are only made when somebody reads them.',
  'job-rows: create, 100,000 objects':
    'COPY in the database is about as long as the other side; what is on top is decoding the request, planning and the answer, which wait for each other in part.',
};
