/**
 * Why a goal is not reached: where the time goes, what was tried, what would be needed. By the measure's name, and
 * `MEASURE: FIGURE` where one figure has a reason of its own. Markdown.
 */
export const reasons: Readonly<Record<string, string>> = {
  authenticate:
    'The hashes take about half of it: two for the HMAC, and one more for the canonical request of version 4. The rest is reading the headers and the date, and making the text that is signed.',
  'large-object':
    'PUT: MD5 takes about 1.6 ms for a megabyte, in a thread beside the one that reads the socket, and every byte has a CRC-32 besides, with which it is compared when it is read; the client and the disk have the same two cores. The disk takes 530 to 1,000 MB/s when 4 GiB are copied to it and synced (`dd conv=fdatasync`), which bounds PUTs with CRC-32C; nginx, versitygw and s3rver need not wait for it. nginx computes nothing; MinIO computes several parts of MD5s at once by the wide instructions of the processor, on all cores. GET: every byte is compared with its CRC-32 before it goes out, and copied out of the kernel and into it; the others compare nothing, and nginx sends what the kernel has.',
  'small-objects':
    'A PUT costs the server about 0.7 ms of the processors and PostgreSQL 0.3, a GET 0.25 and 0.14. Of a PUT a third goes into making, writing, syncing and renaming the file in threads; the rest of both is HTTP, the signature, and the statements: who signed, bucket, job and blob are looked up, and what was received or read is committed before the last byte of the answer, for about ten requests at a time. The others look nothing up and commit nothing: bare node:http and versitygw only open a file. For a GET nearly a third of the time no processor is busy, as each group waits for the commit of the one before. Done for it: one look-up in place of four in two rounds, statements in one write, transactions that begin while their group gathers, small files that are read without a thread. Tried: two groups at a time, no sure gain for GETs, and a seventh less PUTs, as they wait for the same rows; BEGIN sent ahead with the first statements, a seventh more PUTs, but what follows a BEGIN that fails would be done without a transaction; 8 and 16 threads for the disk, slower; small files of PUTs made, written and renamed without threads, a twentieth less of the processors and no more PUTs; plans that PostgreSQL keeps in place of planning anew, a quarter less of its time for GETs, but one that is made while the tables are small stays until it has counted them again. Next would be one call of native code for making, syncing and renaming a file, and counting what was read in memory, which would be less than what is promised now.',
  'two-workers':
    'One process and its database take more than one and a half of the two cores, and who sends the requests the rest: a second process adds its own work and takes none away. Its groups are half as large, so there are more commits, and both wait for the same rows of one job. It needs more cores than these to show.',
  'large-job: cancel the PUT job':
    'Its 1.5 million rows go in one transaction, with their indexes: the spread has both sides of the goal.',
  'files: get, 10000 files of 16 KiB':
    '`nacre get` and `rclone` take about the same of the processors, 0.6 ms for a file, most of it in HTTP and in making the file. But `nacre` reads with a job: that a blob was read is committed before its last byte goes out, which takes the server and PostgreSQL another 0.2 ms, and waits for the disk. Tried: files made, written and renamed without threads, no gain; 64 at a time in place of 32, about a tenth less.',
  'files: get, 1 file of 8 GiB': 'Both write as fast as the disk takes it: the spread has both sides of 1.',
  'stream-list':
    'Two fifths go into comparing and reading the values of each entry, an eighth into making text of the bytes, an eighth into making the objects; the rest is the garbage collector, single texts, and what goes the common way at the ends of chunks. Done for it: each piece begins with what is like the entries before it, characters that XML may not hold are searched for only in what is not alike, and words of four and eight characters are compared at once. Tried without a gain: literals that index their values. Next would be values that are only made when somebody reads them.',
  'encode-list: event loop late at most, 500000':
    'Of the two milliseconds of a turn, 256 Ki characters, one makes the values that are written. The longest turns are the first one, and those in which the garbage collector compacts the small heap, about 5 ms.',
  'job-rows: create, 100,000 objects':
    'COPY in the database is about as long as the other side; what is on top is decoding the request, planning and the answer, which wait for each other in part.',
};
