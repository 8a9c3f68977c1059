package conformance

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
	"github.com/SpectraLogic/ds3_go_sdk/helpers"
	"github.com/SpectraLogic/ds3_go_sdk/helpers/channels"
	helperModels "github.com/SpectraLogic/ds3_go_sdk/helpers/models"
)

// These tests want a server whose cache holds a third of what they move: they run in a suite of their own.

const mebibyte = 1 << 20

// Twelve objects of 4 MiB in blobs of 1 MiB.
func putMoreThanTheCacheHolds(t *testing.T, bucket string) (objects map[string][]byte, job string) {
	t.Helper()
	objects = map[string][]byte{}
	var writes []helperModels.PutObject
	for i := 0; i < 12; i++ {
		name := fmt.Sprintf("reel-%02d", i)
		objects[name] = content(name, 4*mebibyte)
		source := channels.NewObjectReadChannelDecorator(bytes.NewReader(nil))
		writes = append(writes, helperModels.PutObject{
			PutObject:      models.Ds3PutObject{Name: name, Size: 4 * mebibyte},
			ChannelBuilder: &memoryChannels{ReadChannelBuilder: source, data: objects[name]},
		})
	}
	put := helpers.WriteTransferStrategy{
		BlobStrategy: transfers(),
		Options:      helpers.WriteBulkJobOptions{MaxUploadSize: pointer(int64(mebibyte))},
		Listeners:    failing(t),
	}
	return objects, must(helpers.NewHelpers(client).PutObjects(bucket, writes, put))(t)
}

func getInto(folder string, objects map[string][]byte) []helperModels.GetObject {
	var reads []helperModels.GetObject
	for name := range objects {
		builder := channels.NewWriteChannelBuilder(folder + "/" + name)
		reads = append(reads, helperModels.GetObject{Name: name, ChannelBuilder: builder})
	}
	return reads
}

func sameFiles(t *testing.T, folder string, objects map[string][]byte) {
	t.Helper()
	for name, data := range objects {
		if !bytes.Equal(must(readFile(folder+"/"+name))(t), data) {
			t.Fatalf("%s is not what it was", name)
		}
	}
}

func TestSmallCacheTakesALargeJobAsItIsPersisted(t *testing.T) {
	bucket := aBucket(t)
	_, job := putMoreThanTheCacheHolds(t, bucket)
	completes(t, job)
	equal(t, "completed size", jobOf(t, job).CompletedSizeInBytes, 48*mebibyte)
}

func TestSmallCacheStagesALargeJobAsItIsRead(t *testing.T) {
	bucket := aBucket(t)
	objects, put := putMoreThanTheCacheHolds(t, bucket)
	completes(t, put)
	folder := t.TempDir()
	get := helpers.ReadTransferStrategy{BlobStrategy: transfers(), Listeners: failing(t)}
	job := must(helpers.NewHelpers(client).GetObjects(bucket, getInto(folder, objects), get))(t)
	equal(t, "status", jobOf(t, job).Status, models.JOB_STATUS_COMPLETED)
	sameFiles(t, folder, objects)
}

func TestSmallCacheIsReadInOrderByManyJobs(t *testing.T) {
	bucket := aBucket(t)
	objects, put := putMoreThanTheCacheHolds(t, bucket)
	completes(t, put)
	folder := t.TempDir()
	get := helpers.ReadTransferStrategy{
		BlobStrategy: transfers(),
		Options: helpers.ReadBulkJobOptions{
			ChunkClientProcessingOrderGuarantee: models.JOB_CHUNK_CLIENT_PROCESSING_ORDER_GUARANTEE_IN_ORDER,
		},
		Listeners: failing(t),
	}
	jobs := must(helpers.NewHelpers(client).GetObjectsSpanningJobs(bucket, getInto(folder, objects), get))(t)
	if len(jobs) < len(objects) {
		t.Fatalf("%d jobs for %d objects", len(jobs), len(objects))
	}
	sameFiles(t, folder, objects)
}

func TestSmallCacheIsReadWithoutAJob(t *testing.T) {
	bucket := aBucket(t)
	objects, put := putMoreThanTheCacheHolds(t, bucket)
	completes(t, put)
	for name, data := range objects {
		if !bytes.Equal(getObject(t, bucket, name), data) {
			t.Fatalf("%s is not what it was", name)
		}
	}
}
