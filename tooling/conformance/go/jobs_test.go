package conformance

import (
	"sort"
	"strings"
	"testing"

	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
)

func TestPutJobIsCompletedWhenAllIsPersisted(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 100, "b/c": 2000, "d": 30_000}
	job := startPut(t, bucket, objects)
	equal(t, "original size", job.OriginalSizeInBytes, 32_100)
	equal(t, "cached size", job.CachedSizeInBytes, 0)
	equal(t, "status", job.Status, models.JOB_STATUS_IN_PROGRESS)
	equal(t, "request type", job.RequestType, models.JOB_REQUEST_TYPE_PUT)
	equal(t, "order", job.ChunkClientProcessingOrderGuarantee, models.JOB_CHUNK_CLIENT_PROCESSING_ORDER_GUARANTEE_IN_ORDER)
	if len(job.Nodes) == 0 {
		t.Fatal("a job without a node")
	}
	for _, blob := range blobsOf(job) {
		sendBlob(t, bucket, job.JobId, blob, objects)
	}
	equal(t, "cached size", jobOf(t, job.JobId).CachedSizeInBytes, 32_100)
	completes(t, job.JobId)
	done := jobOf(t, job.JobId)
	equal(t, "completed size", done.CompletedSizeInBytes, 32_100)
	equal(t, "objects of a completed job", len(done.Objects), 0)
	for name, size := range objects {
		equal(t, name, getObject(t, bucket, name), content(name, size))
	}
}

func TestJobsAreNamedAndOrderedByDefault(t *testing.T) {
	bucket := aBucket(t)
	put := startPut(t, bucket, sizes{"a": 10})
	if !strings.HasPrefix(*put.Name, "PUT by ") {
		t.Fatalf("the name of a PUT job: %s", *put.Name)
	}
	equal(t, "priority of a PUT job", put.Priority, models.PRIORITY_NORMAL)
	sendBlob(t, bucket, put.JobId, blobsOf(put)[0], sizes{"a": 10})
	get := must(client.GetBulkJobSpectraS3(models.NewGetBulkJobSpectraS3Request(bucket, []string{"a"})))(t).MasterObjectList
	if !strings.HasPrefix(*get.Name, "GET by ") {
		t.Fatalf("the name of a GET job: %s", *get.Name)
	}
	equal(t, "priority of a GET job", get.Priority, models.PRIORITY_HIGH)
	equal(t, "order of a GET job", get.ChunkClientProcessingOrderGuarantee, models.JOB_CHUNK_CLIENT_PROCESSING_ORDER_GUARANTEE_NONE)
	completes(t, put.JobId)
	verify := must(client.VerifyBulkJobSpectraS3(models.NewVerifyBulkJobSpectraS3Request(bucket, []string{"a"})))(t).MasterObjectList
	if !strings.HasPrefix(*verify.Name, "VERIFY by ") {
		t.Fatalf("the name of a VERIFY job: %s", *verify.Name)
	}
	equal(t, "type of a VERIFY job", verify.RequestType, models.JOB_REQUEST_TYPE_VERIFY)
	equal(t, "priority of a VERIFY job", verify.Priority, models.PRIORITY_LOW)
}

func TestVerifyJobIsCompleted(t *testing.T) {
	bucket := aBucket(t)
	completes(t, putAll(t, bucket, sizes{"a": 1000, "b": 5000}))
	verify := must(client.VerifyBulkJobSpectraS3(models.NewVerifyBulkJobSpectraS3Request(bucket, []string{"a", "b"})))(t).MasterObjectList
	completes(t, verify.JobId)
}

func TestLargeObjectIsSplitAndReadAcrossBlobs(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"reel": 95}
	request := models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut()).WithMaxUploadSize(10)
	job := must(client.PutBulkJobSpectraS3(request))(t).MasterObjectList
	blobs := blobsOf(job)
	sort.Slice(blobs, func(i, j int) bool { return blobs[i].Offset < blobs[j].Offset })
	equal(t, "number of blobs", len(blobs), 10)
	equal(t, "length of the last blob", blobs[9].Length, 5)
	for i := len(blobs) - 1; i >= 0; i-- {
		sendBlob(t, bucket, job.JobId, blobs[i], objects)
	}
	whole := content("reel", 95)
	equal(t, "the whole", getObject(t, bucket, "reel"), whole)
	across := models.NewGetObjectRequest(bucket, "reel").WithRanges(models.Range{Start: 8, End: 31})
	equal(t, "a range over three blobs", readAll(t, must(client.GetObject(across))(t)), whole[8:32])
	get := must(client.GetBulkJobSpectraS3(models.NewGetBulkJobSpectraS3Request(bucket, []string{"reel"})))(t).MasterObjectList
	equal(t, "the whole by a job", readJob(t, bucket, get)["reel"], whole)
}

func TestObjectNamedTwiceIsRefused(t *testing.T) {
	bucket := aBucket(t)
	twice := []models.Ds3PutObject{{Name: "a", Size: 1}, {Name: "a", Size: 2}}
	refused(client.PutBulkJobSpectraS3(models.NewPutBulkJobSpectraS3Request(bucket, twice)))(t, 400)
}

func TestObjectThatIsThereIsRefusedOrIgnored(t *testing.T) {
	bucket := aBucket(t)
	putAll(t, bucket, sizes{"a": 10})
	objects := sizes{"a": 10, "b": 20}
	equal(t, "code", refused(client.PutBulkJobSpectraS3(models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut())))(t, 409), "OBJECT_ALREADY_EXISTS")
	request := models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut()).WithIgnoreNamingConflicts()
	job := must(client.PutBulkJobSpectraS3(request))(t).MasterObjectList
	equal(t, "blobs of the job", len(blobsOf(job)), 1)
	equal(t, "the blob of the job", *blobsOf(job)[0].Name, "b")
}

func TestPutJobOfNothingIsRefused(t *testing.T) {
	bucket := aBucket(t)
	refused(client.PutBulkJobSpectraS3(models.NewPutBulkJobSpectraS3Request(bucket, nil)))(t, 400)
	refused(client.PutBulkJobSpectraS3(models.NewPutBulkJobSpectraS3Request("no-such-bucket", sizes{"a": 1}.toPut())))(t, 404)
	refused(client.GetBulkJobSpectraS3(models.NewGetBulkJobSpectraS3Request(bucket, []string{"missing"})))(t, 404)
}

func TestCriticalPriorityIsNotForUsers(t *testing.T) {
	bucket := aBucket(t)
	request := models.NewPutBulkJobSpectraS3Request(bucket, sizes{"a": 1}.toPut()).WithPriority(models.PRIORITY_CRITICAL)
	refused(client.PutBulkJobSpectraS3(request))(t, 400)
}

func TestCancelledJobIsToldAsCancelled(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10, "b": 20}).JobId
	sendBlob(t, bucket, job, models.BulkObject{Name: pointer("a"), Length: 10}, sizes{"a": 10})
	must(client.CancelJobSpectraS3(models.NewCancelJobSpectraS3Request(job)))(t)
	equal(t, "status", jobOf(t, job).Status, models.JOB_STATUS_CANCELED)
	refused(client.CancelJobSpectraS3(models.NewCancelJobSpectraS3Request(job)))(t, 404)
	refused(client.GetActiveJobSpectraS3(models.NewGetActiveJobSpectraS3Request(job)))(t, 404)
	equal(t, "id", must(client.GetCanceledJobSpectraS3(models.NewGetCanceledJobSpectraS3Request(job)))(t).CanceledJob.Id, job)
	for _, listed := range must(client.GetJobsSpectraS3(models.NewGetJobsSpectraS3Request()))(t).JobList.Jobs {
		if listed.JobId == job {
			t.Fatal("a cancelled job is listed among the jobs")
		}
	}
	found := false
	full := models.NewGetJobsSpectraS3Request().WithFullDetails()
	for _, listed := range must(client.GetJobsSpectraS3(full))(t).JobList.Jobs {
		found = found || listed.JobId == job
	}
	equal(t, "listed with full details", found, true)
	refused(client.PutObject(models.NewPutObjectRequest(bucket, "b", body(content("b", 20))).WithJob(job).WithOffset(0)))(t, 410)
	eventually(t, "what the job had brought is gone", func() bool {
		return len(must(client.GetBucket(models.NewGetBucketRequest(bucket)))(t).ListBucketResult.Objects) == 0
	})
}

func TestTruncatedJobKeepsWhatHasArrived(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10, "b": 20}).JobId
	sendBlob(t, bucket, job, models.BulkObject{Name: pointer("a"), Length: 10}, sizes{"a": 10})
	must(client.TruncateJobSpectraS3(models.NewTruncateJobSpectraS3Request(job)))(t)
	equal(t, "original size", jobOf(t, job).OriginalSizeInBytes, 10)
	completes(t, job)
	equal(t, "a", getObject(t, bucket, "a"), content("a", 10))
	refused(client.GetObject(models.NewGetObjectRequest(bucket, "b")))(t, 404)
}

func TestTruncatedJobWithoutDataIsCancelled(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10}).JobId
	must(client.TruncateJobSpectraS3(models.NewTruncateJobSpectraS3Request(job)))(t)
	refused(client.GetActiveJobSpectraS3(models.NewGetActiveJobSpectraS3Request(job)))(t, 404)
}

func TestAggregatingJobsAreOne(t *testing.T) {
	bucket := aBucket(t)
	create := func(name string) models.MasterObjectList {
		request := models.NewPutBulkJobSpectraS3Request(bucket, sizes{name: 10}.toPut()).WithAggregating(true)
		return must(client.PutBulkJobSpectraS3(request))(t).MasterObjectList
	}
	first, second := create("a"), create("b")
	equal(t, "job", second.JobId, first.JobId)
	equal(t, "aggregating", second.Aggregating, true)
	must(client.CloseAggregatingJobSpectraS3(models.NewCloseAggregatingJobSpectraS3Request(first.JobId)))(t)
	if create("c").JobId == first.JobId {
		t.Fatal("a closed job takes more objects")
	}
}

func TestJobIsModified(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10}).JobId
	request := models.NewModifyJobSpectraS3Request(job).
		WithName("Réel & <four>").
		WithPriority(models.PRIORITY_LOW).
		WithCreatedAt("2016-05-23T19:05:17.123Z")
	must(client.ModifyJobSpectraS3(request))(t)
	got := jobOf(t, job)
	equal(t, "name", *got.Name, "Réel & <four>")
	equal(t, "priority", got.Priority, models.PRIORITY_LOW)
	equal(t, "start", got.StartDate, "2016-05-23T19:05:17.123Z")
	active := must(client.GetActiveJobSpectraS3(models.NewGetActiveJobSpectraS3Request(job)))(t).ActiveJob
	equal(t, "created at", active.CreatedAt, "2016-05-23T19:05:17.123Z")
}

func TestActiveJobsAreFoundByBucketNameAndPage(t *testing.T) {
	bucket := aBucket(t)
	var jobs []string
	for _, name := range []string{"a", "b", "c"} {
		jobs = append(jobs, startPut(t, bucket, sizes{name: 10}).JobId)
	}
	var found []string
	for page := 0; page < 3; page++ {
		request := models.NewGetActiveJobsSpectraS3Request().WithBucketId(bucket).WithPageLength(1).WithPageOffset(page)
		answer := must(client.GetActiveJobsSpectraS3(request))(t)
		equal(t, "length of a page", len(answer.ActiveJobList.ActiveJobs), 1)
		equal(t, "total", answer.Headers.Get("Total-Result-Count"), "3")
		found = append(found, answer.ActiveJobList.ActiveJobs[0].Id)
	}
	sort.Strings(jobs)
	sort.Strings(found)
	equal(t, "active jobs of the bucket", found, jobs)
	request := models.NewGetJobsSpectraS3Request().WithBucketId(bucket)
	equal(t, "jobs of the bucket", len(must(client.GetJobsSpectraS3(request))(t).JobList.Jobs), 3)
}

func TestInterruptedJobGoesOn(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 10, "b": 20, "c": 30}
	job := startPut(t, bucket, objects).JobId
	sendBlob(t, bucket, job, models.BulkObject{Name: pointer("b"), Length: 20}, objects)
	active := must(client.GetActiveJobSpectraS3(models.NewGetActiveJobSpectraS3Request(job)))(t).ActiveJob
	equal(t, "cached size", active.CachedSizeInBytes, 20)
	again := must(client.ModifyJobSpectraS3(models.NewModifyJobSpectraS3Request(job)))(t).MasterObjectList
	for _, blob := range blobsOf(again) {
		if !*blob.InCache {
			sendBlob(t, bucket, job, blob, objects)
		}
	}
	completes(t, job)
	for name, size := range objects {
		equal(t, name, getObject(t, bucket, name), content(name, size))
	}
}

func TestBlobMayBeSentAgain(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 1000, "b": 10}
	job := startPut(t, bucket, objects).JobId
	for range [2]int{} {
		sendBlob(t, bucket, job, models.BulkObject{Name: pointer("a"), Length: 1000}, objects)
	}
	equal(t, "cached size", jobOf(t, job).CachedSizeInBytes, 1000)
}

func TestFoldersAndEmptyObjectsWaitForTheirPut(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"dir/": 0, "empty": 0}
	job := startPut(t, bucket, objects)
	equal(t, "blobs", len(blobsOf(job)), 2)
	equal(t, "status", jobOf(t, job.JobId).Status, models.JOB_STATUS_IN_PROGRESS)
	for _, blob := range blobsOf(job) {
		sendBlob(t, bucket, job.JobId, blob, objects)
	}
	completes(t, job.JobId)
	folder := must(client.GetObjectDetailsSpectraS3(models.NewGetObjectDetailsSpectraS3Request("dir/", bucket)))(t).S3Object
	equal(t, "type of dir/", folder.Type, models.S3_OBJECT_TYPE_FOLDER)
	equal(t, "empty", getObject(t, bucket, "empty"), []byte{})
}

func TestAllocatedChunkIsSent(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 10, "b": 20}
	job := startPut(t, bucket, objects)
	for _, chunk := range job.Objects {
		allocated := must(client.AllocateJobChunkSpectraS3(models.NewAllocateJobChunkSpectraS3Request(chunk.ChunkId)))(t).Objects
		equal(t, "chunk", allocated.ChunkId, chunk.ChunkId)
		for _, blob := range allocated.Objects {
			sendBlob(t, bucket, job.JobId, blob, objects)
		}
		one := must(client.GetJobChunkSpectraS3(models.NewGetJobChunkSpectraS3Request(chunk.ChunkId)))(t).Objects
		equal(t, "number of the chunk", one.ChunkNumber, chunk.ChunkNumber)
	}
	completes(t, job.JobId)
}

func TestReadyChunksSayWhenToAskAgain(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10})
	request := models.NewGetJobChunksReadyForClientProcessingSpectraS3Request(job.JobId)
	answer := must(client.GetJobChunksReadyForClientProcessingSpectraS3(request))(t)
	if answer.Headers.Get("Retry-After") == "" {
		t.Fatal("ready chunks without Retry-After")
	}
	equal(t, "ready chunks", len(answer.MasterObjectList.Objects), 1)
	sendBlob(t, bucket, job.JobId, blobsOf(job)[0], sizes{"a": 10})
	unknown := models.NewGetJobChunksReadyForClientProcessingSpectraS3Request("00000000-0000-4000-8000-000000000000")
	refused(client.GetJobChunksReadyForClientProcessingSpectraS3(unknown))(t, 404)
}

func TestGetJobIsCompletedWithItsLastBlob(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 1000, "b": 2000}
	putAll(t, bucket, objects)
	get := must(client.GetBulkJobSpectraS3(models.NewGetBulkJobSpectraS3Request(bucket, objects.names())))(t).MasterObjectList
	read := readJob(t, bucket, get)
	for name, size := range objects {
		equal(t, name, read[name], content(name, size))
	}
	equal(t, "status", jobOf(t, get.JobId).Status, models.JOB_STATUS_COMPLETED)
	equal(t, "id", must(client.GetCompletedJobSpectraS3(models.NewGetCompletedJobSpectraS3Request(get.JobId)))(t).CompletedJob.Id, get.JobId)
}

func TestPartsOfObjectsAreRead(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 10_000}
	put := models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut()).WithMaxUploadSize(4000)
	for job, i := must(client.PutBulkJobSpectraS3(put))(t).MasterObjectList, 0; i < 3; i++ {
		sendBlob(t, bucket, job.JobId, blobsOf(job)[i], objects)
	}
	whole := content("a", 10_000)
	two := models.NewGetObjectRequest(bucket, "a").WithRanges(models.Range{Start: 10, End: 19}, models.Range{Start: 5000, End: 5009})
	equal(t, "two ranges", readAll(t, must(client.GetObject(two))(t)), append(append([]byte{}, whole[10:20]...), whole[5000:5010]...))
	part := models.Ds3GetObject{Name: "a", Offset: pointer(int64(4100)), Length: pointer(int64(50))}
	request := models.NewGetBulkJobSpectraS3RequestWithPartialObjects(bucket, []models.Ds3GetObject{part})
	job := must(client.GetBulkJobSpectraS3(request))(t).MasterObjectList
	equal(t, "blobs that cover the range", len(blobsOf(job)), 1)
	blob := blobsOf(job)[0]
	equal(t, "offset of the blob", blob.Offset, 4000)
	ranged := models.NewGetObjectRequest(bucket, "a").WithJob(job.JobId).WithOffset(blob.Offset).
		WithRanges(models.Range{Start: 4100, End: 4149})
	equal(t, "a part by a job", readAll(t, must(client.GetObject(ranged))(t)), whole[4100:4150])
	equal(t, "status", jobOf(t, job.JobId).Status, models.JOB_STATUS_COMPLETED)
}

// The SDK cannot read the answer to a replication that makes a job, so its plan is all there is to see.
func TestPlanOfAJobNamesItsObjects(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"beowulf.txt": 0, "b": 10})
	plan := must(client.GetJobToReplicateSpectraS3(models.NewGetJobToReplicateSpectraS3Request(job.JobId)))(t).Content
	for _, part := range []string{`"name":"beowulf.txt","type":"DATA"`, job.JobId, job.Objects[0].ChunkId} {
		if !strings.Contains(plan, part) {
			t.Fatalf("%s is not in the plan: %s", part, plan)
		}
	}
}

func TestUnknownJobIsNotFound(t *testing.T) {
	unknown := "00000000-0000-4000-8000-000000000000"
	equal(t, "get", refused(client.GetJobSpectraS3(models.NewGetJobSpectraS3Request(unknown)))(t, 404), "NotFound")
	refused(client.ModifyJobSpectraS3(models.NewModifyJobSpectraS3Request(unknown)))(t, 404)
	refused(client.CancelJobSpectraS3(models.NewCancelJobSpectraS3Request(unknown)))(t, 404)
	refused(client.TruncateJobSpectraS3(models.NewTruncateJobSpectraS3Request(unknown)))(t, 404)
	refused(client.AllocateJobChunkSpectraS3(models.NewAllocateJobChunkSpectraS3Request(unknown)))(t, 404)
	refused(client.GetJobToReplicateSpectraS3(models.NewGetJobToReplicateSpectraS3Request(unknown)))(t, 404)
}

func TestSafetyOfAPutJobIsTold(t *testing.T) {
	bucket := aBucket(t)
	must(client.VerifySafeToCreatePutJobSpectraS3(models.NewVerifySafeToCreatePutJobSpectraS3Request(bucket)))(t)
	refused(client.VerifySafeToCreatePutJobSpectraS3(models.NewVerifySafeToCreatePutJobSpectraS3Request("no-such-bucket")))(t, 404)
}

func TestObjectsAreStaged(t *testing.T) {
	bucket := aBucket(t)
	completes(t, putAll(t, bucket, sizes{"a": 1000}))
	job := must(client.StageObjectsJobSpectraS3(models.NewStageObjectsJobSpectraS3Request(bucket, []string{"a"})))(t).MasterObjectList
	completes(t, job.JobId)
}

// The tests below end every job there is: they come last, and nothing runs beside them.

func TestZAllJobsAreTruncated(t *testing.T) {
	bucket := aBucket(t)
	for _, name := range []string{"a", "b", "c"} {
		job := startPut(t, bucket, sizes{name: 10, name + name: 20}).JobId
		if name != "c" {
			sendBlob(t, bucket, job, models.BulkObject{Name: pointer(name), Length: 10}, sizes{name: 10})
		}
	}
	must(client.TruncateAllJobsSpectraS3(models.NewTruncateAllJobsSpectraS3Request()))(t)
	eventually(t, "what arrived is kept, and nothing else", func() bool {
		return len(must(client.GetBucket(models.NewGetBucketRequest(bucket)))(t).ListBucketResult.Objects) == 2
	})
}

func TestZAllJobsAreCancelledAndForgotten(t *testing.T) {
	bucket := aBucket(t)
	job := startPut(t, bucket, sizes{"a": 10}).JobId
	must(client.CancelAllJobsSpectraS3(models.NewCancelAllJobsSpectraS3Request()))(t)
	equal(t, "status", jobOf(t, job).Status, models.JOB_STATUS_CANCELED)
	active := models.NewGetActiveJobsSpectraS3Request()
	equal(t, "active jobs", len(must(client.GetActiveJobsSpectraS3(active))(t).ActiveJobList.ActiveJobs), 0)
	must(client.ClearAllCanceledJobsSpectraS3(models.NewClearAllCanceledJobsSpectraS3Request()))(t)
	must(client.ClearAllCompletedJobsSpectraS3(models.NewClearAllCompletedJobsSpectraS3Request()))(t)
	canceled := models.NewGetCanceledJobsSpectraS3Request()
	equal(t, "cancelled jobs", len(must(client.GetCanceledJobsSpectraS3(canceled))(t).CanceledJobList.CanceledJobs), 0)
	refused(client.GetJobSpectraS3(models.NewGetJobSpectraS3Request(job)))(t, 404)
}
