package conformance

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"sort"
	"strings"
	"testing"

	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
	"github.com/SpectraLogic/ds3_go_sdk/helpers"
	"github.com/SpectraLogic/ds3_go_sdk/helpers/channels"
	helperModels "github.com/SpectraLogic/ds3_go_sdk/helpers/models"
)

type checksum struct {
	kind models.ChecksumType
	// header in which the server tells the checksum of a blob.
	header string
	of     func(data []byte) []byte
}

func crc(table *crc32.Table) func(data []byte) []byte {
	return func(data []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.Checksum(data, table)) }
}

var checksums = map[string]checksum{
	"MD5":    {models.CHECKSUM_TYPE_MD5, "Content-MD5", func(data []byte) []byte { sum := md5.Sum(data); return sum[:] }},
	"CRC32":  {models.CHECKSUM_TYPE_CRC_32, "Content-CRC32", crc(crc32.IEEETable)},
	"CRC32C": {models.CHECKSUM_TYPE_CRC_32C, "Content-CRC32C", crc(crc32.MakeTable(crc32.Castagnoli))},
	"SHA256": {models.CHECKSUM_TYPE_SHA_256, "Content-SHA256", func(data []byte) []byte { sum := sha256.Sum256(data); return sum[:] }},
	"SHA512": {models.CHECKSUM_TYPE_SHA_512, "Content-SHA512", func(data []byte) []byte { sum := sha512.Sum512(data); return sum[:] }},
}

func TestChecksums(t *testing.T) {
	for name, sum := range checksums {
		t.Run(name, func(t *testing.T) {
			policy := aDataPolicy(t, func(request *models.PutDataPolicySpectraS3Request) { request.WithChecksumType(sum.kind) })
			bucket := aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy))
			data := content("a", 5000)
			right := base64.StdEncoding.EncodeToString(sum.of(data))
			wrong := base64.StdEncoding.EncodeToString(sum.of(data[1:]))
			objects := sizes{"a": 5000}
			job := startPut(t, bucket, objects)
			put := func(hash string) (*models.PutObjectResponse, error) {
				request := models.NewPutObjectRequest(bucket, "a", body(data)).WithJob(job.JobId).WithOffset(0)
				return client.PutObject(request.WithChecksum(hash, sum.kind))
			}
			refused(put(wrong))(t, 400)
			equal(t, "cached after a wrong checksum", jobOf(t, job.JobId).CachedSizeInBytes, 0)
			answer := must(put(right))(t)
			equal(t, "checksum told with the PUT", answer.Headers.Get(sum.header), right)
			head := must(client.HeadObject(models.NewHeadObjectRequest(bucket, "a")))(t)
			equal(t, "kind of checksum", head.BlobChecksumType, sum.kind)
			equal(t, "checksums of the blobs", head.BlobChecksums, map[int64]string{0: right})
		})
	}
}

func TestChecksumIsWantedByThePolicy(t *testing.T) {
	policy := aDataPolicy(t, func(request *models.PutDataPolicySpectraS3Request) { request.WithEndToEndCrcRequired(true) })
	bucket := aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy))
	job := startPut(t, bucket, sizes{"a": 10})
	request := func() *models.PutObjectRequest {
		return models.NewPutObjectRequest(bucket, "a", body(content("a", 10))).WithJob(job.JobId).WithOffset(0)
	}
	refused(client.PutObject(request()))(t, 400)
	sum := md5.Sum(content("a", 10))
	must(client.PutObject(request().WithChecksum(base64.StdEncoding.EncodeToString(sum[:]), models.CHECKSUM_TYPE_MD5)))(t)
}

func TestBodyOfAnotherLengthIsRefused(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10})
	request := models.NewPutObjectRequest(bucket, "a", body(content("a", 9))).WithJob(job.JobId).WithOffset(0)
	refused(client.PutObject(request))(t, 400)
	request = models.NewPutObjectRequest(bucket, "a", body(content("a", 10))).WithJob(job.JobId).WithOffset(5)
	refused(client.PutObject(request))(t, 400)
}

func TestMetadataIsToldAgain(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 25}
	request := models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut()).WithMaxUploadSize(10)
	job := must(client.PutBulkJobSpectraS3(request))(t).MasterObjectList
	for _, blob := range blobsOf(job) {
		part := content("a", 25)[blob.Offset : blob.Offset+blob.Length]
		put := models.NewPutObjectRequest(bucket, "a", body(part)).WithJob(job.JobId).WithOffset(blob.Offset)
		must(client.PutObject(put.WithMetaData("reel", "four", "five").WithMetaData("note", "a%20b c+d")))(t)
	}
	told := func(headers *http.Header) {
		t.Helper()
		equal(t, "reel", headers.Get("x-amz-meta-reel"), "four,five")
		equal(t, "note", headers.Get("x-amz-meta-note"), "a%20b c+d")
	}
	head := must(client.HeadObject(models.NewHeadObjectRequest(bucket, "a")))(t)
	told(head.Headers)
	equal(t, "length", head.Headers.Get("Content-Length"), "25")
	equal(t, "checksums of the blobs", len(head.BlobChecksums), 3)
	get := must(client.GetObject(models.NewGetObjectRequest(bucket, "a")))(t)
	told(get.Headers)
	equal(t, "content", readAll(t, get), content("a", 25))
}

func TestNamesOfEveryKind(t *testing.T) {
	bucket := aBucket(t)
	var names []string
	for character := rune(' ' + 1); character < 127; character++ {
		names = append(names, "x"+string(character)+"y")
	}
	names = append(names, "a b", "tab\there", "a//b", "../up", "a/./b", "%41", "Grüße/日本語", "🎬", strings.Repeat("n", 1024))
	objects := sizes{}
	for _, name := range names {
		objects[name] = 10
	}
	completes(t, putAll(t, bucket, objects))
	var listed []string
	for _, object := range must(client.GetBucket(models.NewGetBucketRequest(bucket)))(t).ListBucketResult.Objects {
		listed = append(listed, *object.Key)
	}
	sort.Strings(names)
	equal(t, "the listing, by bytes", listed, names)
	for _, name := range names {
		equal(t, name, getObject(t, bucket, name), content(name, 10))
	}
	result := must(client.DeleteObjects(models.NewDeleteObjectsRequest(bucket, names)))(t).DeleteResult
	equal(t, "deleted", len(result.DeletedObjects), len(names))
}

func TestListingGoesByPagesAndFolders(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{}
	for i := 0; i < 25; i++ {
		objects[fmt.Sprintf("dir-%d/file-%02d", i%3, i)] = 1
	}
	putAll(t, bucket, objects)
	var keys []string
	request := models.NewGetBucketRequest(bucket).WithMaxKeys(4)
	for pages := 1; ; pages++ {
		page := must(client.GetBucket(request))(t).ListBucketResult
		for _, object := range page.Objects {
			keys = append(keys, *object.Key)
		}
		if !page.Truncated {
			equal(t, "pages", pages, 7)
			break
		}
		request.WithMarker(*page.NextMarker)
	}
	names := objects.names()
	sort.Strings(names)
	equal(t, "keys", keys, names)
	folders := must(client.GetBucket(models.NewGetBucketRequest(bucket).WithDelimiter("/")))(t).ListBucketResult
	equal(t, "folders", folders.CommonPrefixes, []string{"dir-0/", "dir-1/", "dir-2/"})
	inside := must(client.GetBucket(models.NewGetBucketRequest(bucket).WithPrefix("dir-1/").WithDelimiter("/")))(t).ListBucketResult
	equal(t, "objects in a folder", len(inside.Objects), 8)
}

func TestObjectsAreFoundByNameKindAndPage(t *testing.T) {
	bucket := aBucket(t)
	putAll(t, bucket, sizes{"movies/a.mov": 1, "movies/b.mov": 2, "movies/": 0, "c.txt": 3})
	find := func(request *models.GetObjectsDetailsSpectraS3Request) []string {
		t.Helper()
		var names []string
		for _, object := range must(client.GetObjectsDetailsSpectraS3(request.WithBucketId(bucket)))(t).S3ObjectList.S3Objects {
			names = append(names, *object.Name)
		}
		sort.Strings(names)
		return names
	}
	equal(t, "all", find(models.NewGetObjectsDetailsSpectraS3Request()), []string{"c.txt", "movies/", "movies/a.mov", "movies/b.mov"})
	equal(t, "by pattern", find(models.NewGetObjectsDetailsSpectraS3Request().WithName("%.mov")), []string{"movies/a.mov", "movies/b.mov"})
	folders := models.NewGetObjectsDetailsSpectraS3Request().WithS3ObjectType(models.S3_OBJECT_TYPE_FOLDER)
	equal(t, "folders", find(folders), []string{"movies/"})
	page := models.NewGetObjectsDetailsSpectraS3Request().WithBucketId(bucket).WithPageLength(3).WithPageOffset(3)
	answer := must(client.GetObjectsDetailsSpectraS3(page))(t)
	equal(t, "objects on the second page", len(answer.S3ObjectList.S3Objects), 1)
	equal(t, "total", answer.Headers.Get("Total-Result-Count"), "4")
}

func TestObjectIsToldInFull(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 25}
	request := models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut()).WithMaxUploadSize(10)
	job := must(client.PutBulkJobSpectraS3(request))(t).MasterObjectList
	for _, blob := range blobsOf(job) {
		sendBlob(t, bucket, job.JobId, blob, objects)
	}
	completes(t, job.JobId)
	one := must(client.GetObjectDetailsSpectraS3(models.NewGetObjectDetailsSpectraS3Request("a", bucket)))(t).S3Object
	equal(t, "name", *one.Name, "a")
	equal(t, "latest", one.Latest, true)
	full := models.NewGetObjectsWithFullDetailsSpectraS3Request().WithBucketId(bucket).WithIncludePhysicalPlacement()
	details := must(client.GetObjectsWithFullDetailsSpectraS3(full))(t).DetailedS3ObjectList.DetailedS3Objects
	equal(t, "objects", len(details), 1)
	equal(t, "size", details[0].Size, 25)
	equal(t, "owner", *details[0].Owner, "Administrator")
	equal(t, "blobs", len(details[0].Blobs.Objects), 3)
	if details[0].Blobs.Objects[0].PhysicalPlacement == nil {
		t.Fatal("a persisted blob without a placement")
	}
	placed := models.NewGetPhysicalPlacementForObjectsWithFullDetailsSpectraS3Request(bucket, []string{"a"})
	equal(t, "placed blobs", len(must(client.GetPhysicalPlacementForObjectsWithFullDetailsSpectraS3(placed))(t).BulkObjectList.Objects), 3)
	where := models.NewGetPhysicalPlacementForObjectsSpectraS3Request(bucket, []string{"a"})
	if len(must(client.GetPhysicalPlacementForObjectsSpectraS3(where))(t).PhysicalPlacement.Pools) == 0 {
		t.Fatal("a persisted object is on no pool")
	}
	verify := models.NewVerifyPhysicalPlacementForObjectsSpectraS3Request(bucket, []string{"a"})
	must(client.VerifyPhysicalPlacementForObjectsSpectraS3(verify))(t)
}

func TestVersionsAreKept(t *testing.T) {
	policy := aDataPolicy(t, func(request *models.PutDataPolicySpectraS3Request) {
		request.WithVersioning(models.VERSIONING_LEVEL_KEEP_MULTIPLE_VERSIONS).WithMaxVersionsToKeep(5)
	})
	bucket := aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy))
	first, second := content("first", 100), content("second", 200)
	putObject(t, bucket, "a", first)
	putObject(t, bucket, "a", second)
	equal(t, "latest", getObject(t, bucket, "a"), second)
	versions := must(client.GetBucket(models.NewGetBucketRequest(bucket).WithVersions()))(t).ListBucketResult.VersionedObjects
	equal(t, "versions", len(versions), 2)
	var wanted []models.Ds3GetObject
	for _, version := range versions {
		expected := first
		if *version.IsLatest {
			expected = second
		}
		equal(t, "size of a version", version.Size, int64(len(expected)))
		request := models.NewGetObjectRequest(bucket, "a").WithVersionId(*version.VersionId)
		equal(t, "a version", readAll(t, must(client.GetObject(request))(t)), expected)
		wanted = append(wanted, models.Ds3GetObject{Name: "a", VersionId: version.VersionId})
	}
	both := models.NewGetBulkJobSpectraS3RequestWithPartialObjects(bucket, wanted)
	job := must(client.GetBulkJobSpectraS3(both))(t).MasterObjectList
	equal(t, "blobs of a job for both", len(blobsOf(job)), 2)
	for _, version := range versions {
		if !*version.IsLatest {
			must(client.DeleteObject(models.NewDeleteObjectRequest(bucket, "a").WithVersionId(*version.VersionId)))(t)
		}
	}
	equal(t, "latest", getObject(t, bucket, "a"), second)
}

func TestLatestVersionIsKept(t *testing.T) {
	policy := aDataPolicy(t, func(request *models.PutDataPolicySpectraS3Request) {
		request.WithVersioning(models.VERSIONING_LEVEL_KEEP_LATEST)
	})
	bucket := aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy))
	completes(t, putAll(t, bucket, sizes{"a": 100}))
	completes(t, putAll(t, bucket, sizes{"a": 200}))
	equal(t, "latest", getObject(t, bucket, "a"), content("a", 200))
	eventually(t, "the version before is gone", func() bool {
		request := models.NewGetBucketRequest(bucket).WithVersions()
		return len(must(client.GetBucket(request))(t).ListBucketResult.VersionedObjects) == 1
	})
}

func TestObjectWithoutVersionsIsNotOverwritten(t *testing.T) {
	bucket := aBucket(t)
	putObject(t, bucket, "a", content("first", 10))
	refused(client.PutObject(models.NewPutObjectRequest(bucket, "a", body(content("second", 10)))))(t, 409)
	equal(t, "a", getObject(t, bucket, "a"), content("first", 10))
}

func TestObjectsAndFoldersGo(t *testing.T) {
	bucket := aBucket(t)
	putAll(t, bucket, sizes{"a": 1, "b": 2, "dir/c": 3, "dir/d/e": 4, "dir-f": 5})
	must(client.DeleteObject(models.NewDeleteObjectRequest(bucket, "a")))(t)
	refused(client.DeleteObject(models.NewDeleteObjectRequest(bucket, "a")))(t, 404)
	result := must(client.DeleteObjects(models.NewDeleteObjectsRequest(bucket, []string{"b", "missing"})))(t).DeleteResult
	equal(t, "deleted", len(result.DeletedObjects), 1)
	equal(t, "not deleted", *result.Errors[0].Key, "missing")
	must(client.DeleteFolderRecursivelySpectraS3(models.NewDeleteFolderRecursivelySpectraS3Request(bucket, "dir")))(t)
	left := must(client.GetBucket(models.NewGetBucketRequest(bucket)))(t).ListBucketResult.Objects
	equal(t, "objects left", len(left), 1)
	equal(t, "the object left", *left[0].Key, "dir-f")
	refused(client.DeleteFolderRecursivelySpectraS3(models.NewDeleteFolderRecursivelySpectraS3Request(bucket, "none")))(t, 404)
}

func TestUploadInParts(t *testing.T) {
	bucket := aBucket(t)
	started := must(client.InitiateMultiPartUpload(models.NewInitiateMultiPartUploadRequest(bucket, "a b")))(t)
	upload := *started.InitiateMultipartUploadResult.UploadId
	data := content("a b", 12_000_000)
	var parts []models.Part
	for number, from := 1, 0; from < len(data); number, from = number+1, from+5_242_880 {
		part := body(data[from:min(from+5_242_880, len(data))])
		answer := must(client.PutMultiPartUploadPart(models.NewPutMultiPartUploadPartRequest(bucket, "a b", part, number, upload)))(t)
		parts = append(parts, models.Part{PartNumber: number, ETag: answer.Headers.Get("ETag")})
	}
	listed := must(client.ListMultiPartUploadParts(models.NewListMultiPartUploadPartsRequest(bucket, "a b", upload)))(t).ListPartsResult
	equal(t, "parts", len(listed.Parts), 3)
	uploads := must(client.ListMultiPartUploads(models.NewListMultiPartUploadsRequest(bucket)))(t).ListMultiPartUploadsResult
	equal(t, "uploads", len(uploads.Uploads), 1)
	equal(t, "key of the upload", *uploads.Uploads[0].Key, "a b")
	must(client.CompleteMultiPartUpload(models.NewCompleteMultiPartUploadRequest(bucket, "a b", parts, upload)))(t)
	if !bytes.Equal(getObject(t, bucket, "a b"), data) {
		t.Fatal("the object is not what its parts were")
	}
	given := must(client.InitiateMultiPartUpload(models.NewInitiateMultiPartUploadRequest(bucket, "c")))(t)
	upload = *given.InitiateMultipartUploadResult.UploadId
	must(client.AbortMultiPartUpload(models.NewAbortMultiPartUploadRequest(bucket, "c", upload)))(t)
	uploads = must(client.ListMultiPartUploads(models.NewListMultiPartUploadsRequest(bucket)))(t).ListMultiPartUploadsResult
	equal(t, "uploads", len(uploads.Uploads), 0)
}

func TestBucketsAreToldAndGo(t *testing.T) {
	name := uniqueName(t, "bucket")
	made := must(client.PutBucketSpectraS3(models.NewPutBucketSpectraS3Request(name)))(t).Bucket
	equal(t, "name", *made.Name, name)
	refused(client.PutBucketSpectraS3(models.NewPutBucketSpectraS3Request(name)))(t, 409)
	equal(t, "id", must(client.GetBucketSpectraS3(models.NewGetBucketSpectraS3Request(name)))(t).Bucket.Id, made.Id)
	equal(t, "name by id", *must(client.GetBucketSpectraS3(models.NewGetBucketSpectraS3Request(made.Id)))(t).Bucket.Name, name)
	listed := must(client.GetBucketsSpectraS3(models.NewGetBucketsSpectraS3Request().WithName(name)))(t).BucketList.Buckets
	equal(t, "buckets of this name", len(listed), 1)
	must(client.ModifyBucketSpectraS3(models.NewModifyBucketSpectraS3Request(name).WithProtected(true)))(t)
	equal(t, "protected", must(client.GetBucketSpectraS3(models.NewGetBucketSpectraS3Request(name)))(t).Bucket.Protected, true)
	must(client.ModifyBucketSpectraS3(models.NewModifyBucketSpectraS3Request(name).WithProtected(false)))(t)
	putObject(t, name, "a", content("a", 1))
	refused(client.DeleteBucketSpectraS3(models.NewDeleteBucketSpectraS3Request(name)))(t, 409)
	must(client.DeleteBucketSpectraS3(models.NewDeleteBucketSpectraS3Request(name).WithForce()))(t)
	refused(client.GetBucketSpectraS3(models.NewGetBucketSpectraS3Request(name)))(t, 404)
	refused(client.DeleteBucketSpectraS3(models.NewDeleteBucketSpectraS3Request(name)))(t, 404)
}

// The helpers, over many blobs in many chunks, with more than one transfer at a time.
func TestHelpersMoveManyBlobs(t *testing.T) {
	bucket := aBucket(t)
	folder := t.TempDir()
	var writes []helperModels.PutObject
	var reads []helperModels.GetObject
	objects := sizes{}
	for i := 0; i < 40; i++ {
		name := fmt.Sprintf("dir/%02d", i)
		objects[name] = i * 1000
		source := channels.NewObjectReadChannelDecorator(bytes.NewReader(nil))
		writes = append(writes, helperModels.PutObject{
			PutObject:      models.Ds3PutObject{Name: name, Size: int64(objects[name])},
			ChannelBuilder: &memoryChannels{ReadChannelBuilder: source, data: content(name, objects[name])},
			Metadata:       map[string]string{"x-amz-meta-number": fmt.Sprint(i)},
		})
		reads = append(reads, helperModels.GetObject{Name: name, ChannelBuilder: channels.NewWriteChannelBuilder(fmt.Sprintf("%s/%02d", folder, i))})
	}
	put := helpers.WriteTransferStrategy{
		BlobStrategy: transfers(),
		Options:      helpers.WriteBulkJobOptions{MaxUploadSize: pointer(int64(4096))},
		Listeners:    failing(t),
	}
	job := must(helpers.NewHelpers(client).PutObjects(bucket, writes, put))(t)
	completes(t, job)
	equal(t, "metadata", must(client.HeadObject(models.NewHeadObjectRequest(bucket, "dir/07")))(t).Headers.Get("x-amz-meta-number"), "7")
	get := helpers.ReadTransferStrategy{BlobStrategy: transfers(), Listeners: failing(t)}
	job = must(helpers.NewHelpers(client).GetObjects(bucket, reads, get))(t)
	equal(t, "status", jobOf(t, job).Status, models.JOB_STATUS_COMPLETED)
	for i := 0; i < 40; i++ {
		name := fmt.Sprintf("dir/%02d", i)
		equal(t, name, must(readFile(fmt.Sprintf("%s/%02d", folder, i)))(t), content(name, objects[name]))
	}
}
