package conformance;

import static conformance.Cases.equal;
import static conformance.Cases.random;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The second AWS SDK for Java: checksums after the body unless they are not wanted. */
public final class AwsSdk2 {
    public static void main(String[] args) {
        Cases cases = new Cases();
        new AwsSdk2("checksums", RequestChecksumCalculation.WHEN_SUPPORTED).addTo(cases);
        new AwsSdk2("plain", RequestChecksumCalculation.WHEN_REQUIRED).addTo(cases);
        cases.run();
    }

    private final String name;
    private final String bucket;
    private final S3Client s3;

    private AwsSdk2(String name, RequestChecksumCalculation checksums) {
        this.name = name;
        this.bucket = "aws-java-2-" + name;
        this.s3 = S3Client.builder()
                .endpointOverride(URI.create(Cases.ENDPOINT))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .requestChecksumCalculation(checksums)
                .overrideConfiguration(client -> client.apiCallTimeout(Duration.ofSeconds(60)).retryStrategy(retry -> retry.maxAttempts(1)))
                .credentialsProvider(credentials())
                .build();
    }

    private static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(Cases.ACCESS_KEY, Cases.SECRET_KEY));
    }

    private void addTo(Cases cases) {
        cases.add(name + ": a bucket is made and listed", this::makeBucket);
        cases.add(name + ": objects of many sizes come back", this::comeBack);
        cases.add(name + ": metadata is told again, and a range is read", this::tellMetadata);
        cases.add(name + ": checksums of every kind are taken", this::checksums);
        cases.add(name + ": 20 MiB go up in parts and come back", this::transferParts);
        cases.add(name + ": names of every kind go up, are listed and come back", this::oddNames);
        cases.add(name + ": listings go page by page, and by folders", this::list);
        cases.add(name + ": an object is written again, and copied", this::copy);
        cases.add(name + ": a presigned address is read without keys", this::presign);
        cases.add(name + ": what is not there is told as AWS tells it", this::refuse);
        cases.add(name + ": objects go", this::deleteObjects);
        cases.add(name + ": the bucket goes", this::deleteBucket);
    }

    private void makeBucket() {
        s3.createBucket(request -> request.bucket(bucket));
        s3.headBucket(request -> request.bucket(bucket));
        equal("it is listed", s3.listBuckets().buckets().stream().anyMatch(each -> each.name().equals(bucket)), true);
    }

    private void comeBack() {
        for (int size : new int[] {0, 1, 131_071, 131_072, 131_073, 1_000_000}) {
            byte[] data = random(size);
            put("one/" + size, data);
            if (!Arrays.equals(read("one/" + size), data)) throw new AssertionError(size + " bytes are not what they were");
        }
    }

    private void tellMetadata() {
        s3.putObject(
                request -> request.bucket(bucket).key("one/meta").metadata(Map.of("reel", "four")).contentType("video/quicktime"),
                RequestBody.fromString("0123456789"));
        var head = s3.headObject(request -> request.bucket(bucket).key("one/meta"));
        equal("metadata", head.metadata().get("reel"), "four");
        equal("length", head.contentLength(), 10L);
        var range = s3.getObjectAsBytes(request -> request.bucket(bucket).key("one/meta").range("bytes=3-6"));
        equal("range", range.asUtf8String(), "3456");
    }

    private void checksums() {
        for (ChecksumAlgorithm kind : List.of(
                ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256)) {
            s3.putObject(
                    request -> request.bucket(bucket).key("checked/" + kind).checksumAlgorithm(kind),
                    RequestBody.fromString("abc"));
            equal(kind.toString(), new String(read("checked/" + kind)), "abc");
        }
    }

    private void transferParts() {
        byte[] data = random(20 * Cases.MEBIBYTE);
        String upload = s3.createMultipartUpload(request -> request.bucket(bucket).key("large")).uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int from = 0; from < data.length; from += 8 * Cases.MEBIBYTE) {
            int number = parts.size() + 1;
            byte[] part = Arrays.copyOfRange(data, from, Math.min(from + 8 * Cases.MEBIBYTE, data.length));
            var sent = s3.uploadPart(
                    request -> request.bucket(bucket).key("large").uploadId(upload).partNumber(number),
                    RequestBody.fromBytes(part));
            parts.add(CompletedPart.builder().partNumber(number).eTag(sent.eTag()).checksumCRC32(sent.checksumCRC32()).build());
        }
        s3.completeMultipartUpload(
                request -> request.bucket(bucket).key("large").uploadId(upload).multipartUpload(all -> all.parts(parts)));
        if (!Arrays.equals(read("large"), data)) throw new AssertionError("the object is not what its parts were");
    }

    private void oddNames() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String odd : Cases.ODD_NAMES) {
            put("odd/" + odd, odd.getBytes("UTF-8"));
            wanted.add("odd/" + odd);
        }
        List<String> listed = new ArrayList<>(keys("odd/"));
        listed.sort(null);
        wanted.sort(null);
        equal("keys", listed, wanted);
        for (String odd : Cases.ODD_NAMES) equal(odd, new String(read("odd/" + odd), "UTF-8"), odd);
    }

    private void list() {
        for (String key : List.of("a", "dir/b", "dir/c", "e f")) put("list/" + key, key.getBytes());
        equal("all", keys("list/"), List.of("list/a", "list/dir/b", "list/dir/c", "list/e f"));
        var folders = s3.listObjectsV2(request -> request.bucket(bucket).prefix("list/").delimiter("/"));
        equal("folders", folders.commonPrefixes().get(0).prefix(), "list/dir/");
        equal("by folders", folders.contents().stream().map(S3Object::key).toList(), List.of("list/a", "list/e f"));
    }

    private void copy() {
        put("copies/a b", "first".getBytes());
        put("copies/a b", "second".getBytes());
        s3.copyObject(request -> request.sourceBucket(bucket).sourceKey("copies/a b").destinationBucket(bucket).destinationKey("copies/c"));
        equal("the copy", new String(read("copies/c")), "second");
    }

    private void presign() throws Exception {
        try (S3Presigner presigner = S3Presigner.builder()
                .endpointOverride(URI.create(Cases.ENDPOINT))
                .region(Region.US_EAST_1)
                .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(credentials())
                .build()) {
            var address = presigner.presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                    .getObjectRequest(object -> object.bucket(bucket).key("one/meta")));
            try (var content = address.url().openStream()) {
                equal("content", new String(content.readAllBytes()), "0123456789");
            }
        }
    }

    private void refuse() {
        equal("missing object", failureOf(() -> read("none")), NoSuchKeyException.class);
        equal("missing bucket", failureOf(() -> s3.listObjectsV2(request -> request.bucket("no-such-bucket"))), NoSuchBucketException.class);
        equal("head of a missing object", failureOf(() -> s3.headObject(request -> request.bucket(bucket).key("none"))), NoSuchKeyException.class);
    }

    private void deleteObjects() {
        s3.deleteObject(request -> request.bucket(bucket).key("one/meta"));
        List<ObjectIdentifier> left = keys("").stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
        var done = s3.deleteObjects(request -> request.bucket(bucket).delete(all -> all.objects(left)));
        equal("deleted", done.deleted().size(), left.size());
        equal("left", keys(""), List.of());
    }

    private void deleteBucket() {
        s3.deleteBucket(request -> request.bucket(bucket));
        equal("the bucket", failureOf(() -> s3.headBucket(request -> request.bucket(bucket))), NoSuchBucketException.class);
    }

    private void put(String key, byte[] data) {
        s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(data));
    }

    private byte[] read(String key) {
        return s3.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArray();
    }

    private List<String> keys(String prefix) {
        var pages = s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix).maxKeys(2));
        return pages.contents().stream().map(S3Object::key).toList();
    }

    private static Class<?> failureOf(Runnable attempt) {
        try {
            attempt.run();
            return null;
        } catch (S3Exception error) {
            return error.getClass();
        }
    }
}
