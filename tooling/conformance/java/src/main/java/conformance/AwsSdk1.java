package conformance;

import static conformance.Cases.equal;
import static conformance.Cases.random;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.AmazonS3Exception;
import com.amazonaws.services.s3.model.DeleteObjectsRequest;
import com.amazonaws.services.s3.model.GetObjectRequest;
import com.amazonaws.services.s3.model.ListObjectsRequest;
import com.amazonaws.services.s3.model.ObjectListing;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.amazonaws.services.s3.model.S3ObjectSummary;
import com.amazonaws.services.s3.transfer.TransferManager;
import com.amazonaws.services.s3.transfer.TransferManagerBuilder;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

/** The first AWS SDK for Java: bodies signed in chunks with version 4, whole with version 2. */
public final class AwsSdk1 {
    public static void main(String[] args) {
        Cases cases = new Cases();
        new AwsSdk1("v4", "AWSS3V4SignerType", true).addTo(cases);
        new AwsSdk1("v4 whole", "AWSS3V4SignerType", false).addTo(cases);
        new AwsSdk1("v2", "S3SignerType", true).addTo(cases);
        cases.run();
    }

    private final String name;
    private final String bucket;
    private final AmazonS3 s3;
    private final AmazonS3 stranger;

    private AwsSdk1(String name, String signer, boolean chunks) {
        this.name = name;
        this.bucket = "aws-java-" + name.replace(' ', '-');
        this.s3 = connect(signer, chunks, Cases.SECRET_KEY);
        this.stranger = connect(signer, chunks, "wrong");
    }

    private static AmazonS3 connect(String signer, boolean chunks, String secretKey) {
        AmazonS3ClientBuilder builder = AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(Cases.ENDPOINT, "us-east-1"))
                .withPathStyleAccessEnabled(true)
                .withClientConfiguration(new ClientConfiguration().withSignerOverride(signer).withMaxErrorRetry(0))
                .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(Cases.ACCESS_KEY, secretKey)));
        if (!chunks) builder.disableChunkedEncoding();
        return builder.build();
    }

    private void addTo(Cases cases) {
        cases.add(name + ": a bucket is made and listed", this::makeBucket);
        cases.add(name + ": objects of many sizes come back", this::comeBack);
        cases.add(name + ": metadata is told again", this::tellMetadata);
        cases.add(name + ": a range is read", this::readRange);
        cases.add(name + ": 50 MiB go up in parts and come back", this::transferParts);
        cases.add(name + ": names of every kind go up, are listed and come back", this::oddNames);
        cases.add(name + ": listings go page by page, and by folders", this::list);
        cases.add(name + ": an object is written again, and copied", this::copy);
        cases.add(name + ": a presigned address is read without keys", this::presign);
        cases.add(name + ": what is not there and what is not allowed is told as AWS tells it", this::refuse);
        cases.add(name + ": objects go", this::deleteObjects);
        cases.add(name + ": the bucket goes", this::deleteBucket);
    }

    private void makeBucket() {
        s3.createBucket(bucket);
        equal("the bucket is there", s3.doesBucketExistV2(bucket), true);
        equal("another bucket is there", s3.doesBucketExistV2("no-such-bucket"), false);
        equal("it is listed", s3.listBuckets().stream().anyMatch(each -> each.getName().equals(bucket)), true);
    }

    private void comeBack() throws Exception {
        for (int size : new int[] {0, 1, 131_071, 131_072, 131_073, 1_000_000}) {
            byte[] data = random(size);
            put("one/" + size, data);
            if (!Arrays.equals(read("one/" + size), data)) throw new AssertionError(size + " bytes are not what they were");
            equal("length", s3.getObjectMetadata(bucket, "one/" + size).getContentLength(), (long) size);
        }
    }

    private void tellMetadata() {
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.addUserMetadata("reel", "four");
        metadata.setContentType("video/quicktime");
        metadata.setContentLength(3);
        s3.putObject(bucket, "one/meta", new ByteArrayInputStream("abc".getBytes()), metadata);
        equal("metadata", s3.getObjectMetadata(bucket, "one/meta").getUserMetadata().get("reel"), "four");
        equal("tag", s3.getObjectMetadata(bucket, "one/meta").getETag(), "900150983cd24fb0d6963f7d28e17f72");
    }

    private void readRange() throws Exception {
        put("one/range", "0123456789".getBytes());
        GetObjectRequest request = new GetObjectRequest(bucket, "one/range").withRange(3, 6);
        equal("range", new String(s3.getObject(request).getObjectContent().readAllBytes()), "3456");
    }

    private void transferParts() throws Exception {
        TransferManager transfers = TransferManagerBuilder.standard()
                .withS3Client(s3)
                .withMinimumUploadPartSize(8L * Cases.MEBIBYTE)
                .withMultipartUploadThreshold(8L * Cases.MEBIBYTE)
                .build();
        File from = File.createTempFile("large", ".bin");
        File back = File.createTempFile("large", ".back");
        try {
            Files.write(from.toPath(), random(50 * Cases.MEBIBYTE));
            transfers.upload(bucket, "large", from).waitForCompletion();
            transfers.download(bucket, "large", back).waitForCompletion();
            equal("first difference", Files.mismatch(from.toPath(), back.toPath()), -1L);
        } finally {
            transfers.shutdownNow(false);
            Files.deleteIfExists(from.toPath());
            Files.deleteIfExists(back.toPath());
        }
    }

    private void oddNames() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String odd : Cases.ODD_NAMES) {
            put("odd/" + odd, odd.getBytes("UTF-8"));
            wanted.add("odd/" + odd);
        }
        List<String> listed = keys(new ListObjectsRequest().withBucketName(bucket).withPrefix("odd/"));
        listed.sort(null);
        wanted.sort(null);
        equal("keys", listed, wanted);
        for (String odd : Cases.ODD_NAMES) equal(odd, new String(read("odd/" + odd), "UTF-8"), odd);
    }

    private void list() throws Exception {
        for (String key : List.of("a", "dir/b", "dir/c", "e f")) put("list/" + key, key.getBytes());
        ListObjectsRequest all = new ListObjectsRequest().withBucketName(bucket).withPrefix("list/").withMaxKeys(1);
        equal("all", keys(all), List.of("list/a", "list/dir/b", "list/dir/c", "list/e f"));
        ListObjectsRequest folders = new ListObjectsRequest().withBucketName(bucket).withPrefix("list/").withDelimiter("/");
        equal("by folders", keys(folders), List.of("list/a", "list/e f"));
        equal("folders", s3.listObjects(folders).getCommonPrefixes(), List.of("list/dir/"));
        equal("version 2", s3.listObjectsV2(bucket, "list/").getKeyCount(), 4);
    }

    private void copy() throws Exception {
        put("copies/a b", "first".getBytes());
        put("copies/a b", "second".getBytes());
        s3.copyObject(bucket, "copies/a b", bucket, "copies/c");
        equal("the copy", new String(read("copies/c")), "second");
    }

    private void presign() throws Exception {
        Date end = new Date(System.currentTimeMillis() + 60_000);
        try (var content = s3.generatePresignedUrl(bucket, "one/range", end).openStream()) {
            equal("content", new String(content.readAllBytes()), "0123456789");
        }
    }

    private void refuse() {
        equal("missing object", codeOf(() -> s3.getObject(bucket, "none")), "404 NoSuchKey");
        equal("missing bucket", codeOf(() -> s3.listObjects("no-such-bucket")), "404 NoSuchBucket");
        equal("existing bucket", codeOf(() -> s3.createBucket(bucket)).substring(0, 4), "409 ");
        equal("wrong secret key", codeOf(stranger::listBuckets), "403 SignatureDoesNotMatch");
    }

    private void deleteObjects() {
        s3.deleteObject(bucket, "one/range");
        List<String> left = keys(new ListObjectsRequest().withBucketName(bucket));
        var request = new DeleteObjectsRequest(bucket).withKeys(left.toArray(new String[0]));
        equal("deleted", s3.deleteObjects(request).getDeletedObjects().size(), left.size());
        equal("left", keys(new ListObjectsRequest().withBucketName(bucket)), List.of());
    }

    private void deleteBucket() {
        s3.deleteBucket(bucket);
        equal("the bucket is there", s3.doesBucketExistV2(bucket), false);
    }

    private void put(String key, byte[] data) {
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentLength(data.length);
        s3.putObject(bucket, key, new ByteArrayInputStream(data), metadata);
    }

    private byte[] read(String key) throws Exception {
        try (var object = s3.getObject(bucket, key)) {
            return object.getObjectContent().readAllBytes();
        }
    }

    private List<String> keys(ListObjectsRequest request) {
        List<String> keys = new ArrayList<>();
        for (ObjectListing page = s3.listObjects(request); ; page = s3.listNextBatchOfObjects(page)) {
            page.getObjectSummaries().stream().map(S3ObjectSummary::getKey).forEach(keys::add);
            if (!page.isTruncated()) return keys;
        }
    }

    private static String codeOf(Runnable attempt) {
        try {
            attempt.run();
            return "nothing failed";
        } catch (AmazonS3Exception error) {
            return error.getStatusCode() + " " + error.getErrorCode();
        }
    }
}
