// Package conformance asks a server for whole pieces of work with Spectra's SDK for Go, as an application would.
package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/SpectraLogic/ds3_go_sdk/ds3"
	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
	"github.com/SpectraLogic/ds3_go_sdk/ds3/networking"
	"github.com/SpectraLogic/ds3_go_sdk/helpers"
	helperModels "github.com/SpectraLogic/ds3_go_sdk/helpers/models"
	"github.com/SpectraLogic/ds3_go_sdk/sdk_log"
)

var client *ds3.Client

func TestMain(m *testing.M) {
	// The SDK warns of every attribute that is younger than itself.
	log.SetOutput(io.Discard)
	client = connect(os.Getenv("DS3_ACCESS_KEY"), os.Getenv("DS3_SECRET_KEY"))
	os.Exit(m.Run())
}

func connect(accessKey, secretKey string) *ds3.Client {
	endpoint, err := url.Parse(os.Getenv("DS3_ENDPOINT"))
	if err != nil || endpoint.Host == "" {
		panic("DS3_ENDPOINT is no address")
	}
	credentials := &networking.Credentials{AccessId: accessKey, Key: secretKey}
	return ds3.NewClientBuilder(endpoint, credentials).
		WithNetworkRetryCount(0).
		WithLogger(sdk_log.NewNullLogger()).
		BuildClient()
}

// must takes what a call answered; the test it is given ends when the call failed.
func must[T any](answer T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// refused tells whether a call failed with the status, and gives the code that the server named.
func refused[T any](_ T, err error) func(t *testing.T, status int) string {
	return func(t *testing.T, status int) string {
		t.Helper()
		var bad *models.BadStatusCodeError
		if !errors.As(err, &bad) {
			t.Fatalf("expected status %d, got: %v", status, err)
		}
		if bad.ActualStatusCode != status {
			t.Fatalf("expected status %d: %v", status, err)
		}
		if bad.ErrorBody == nil || bad.ErrorBody.Code == nil {
			t.Fatalf("status %d without an error document", status)
		}
		if bad.ErrorBody.HttpErrorCode != status {
			t.Fatalf("the error document says %d, the answer %d", bad.ErrorBody.HttpErrorCode, status)
		}
		return *bad.ErrorBody.Code
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// eventually asks until the answer is yes, for as long as a background task may take.
func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ask() {
			return
		}
	}
	t.Fatalf("not within 20 s: %s", what)
}

func pointer[T any](value T) *T { return &value }

// uniqueName is a name that no other test takes.
func uniqueName(t *testing.T, what string) string {
	return strings.ToLower(fmt.Sprintf("%s-%s", what, strings.ReplaceAll(t.Name(), "/", "-")))
}

// aBucket makes a bucket that goes with the test, whatever is in it.
func aBucket(t *testing.T) string {
	t.Helper()
	return aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")))
}

func aBucketOf(t *testing.T, request *models.PutBucketSpectraS3Request) string {
	t.Helper()
	must(client.PutBucketSpectraS3(request))(t)
	t.Cleanup(func() {
		for _, job := range must(client.GetJobsSpectraS3(models.NewGetJobsSpectraS3Request()))(t).JobList.Jobs {
			if job.BucketName != nil && *job.BucketName == request.Name {
				client.CancelJobSpectraS3(models.NewCancelJobSpectraS3Request(job.JobId))
			}
		}
		must(client.DeleteBucketSpectraS3(models.NewDeleteBucketSpectraS3Request(request.Name).WithForce()))(t)
	})
	return request.Name
}

// content of a given size, different at every place and for every name.
func content(name string, size int) []byte {
	line := []byte(name + ": ")
	for len(line) < size {
		line = fmt.Appendf(line, "%d ", len(line))
	}
	return line[:size]
}

func body(data []byte) models.ReaderWithSizeDecorator {
	return ds3.BuildByteReaderWithSizeDecorator(data)
}

func putObject(t *testing.T, bucket, name string, data []byte) {
	t.Helper()
	must(client.PutObject(models.NewPutObjectRequest(bucket, name, body(data))))(t)
}

func readAll(t *testing.T, answer *models.GetObjectResponse) []byte {
	t.Helper()
	defer answer.Content.Close()
	return must(io.ReadAll(answer.Content))(t)
}

func getObject(t *testing.T, bucket, name string) []byte {
	t.Helper()
	return readAll(t, must(client.GetObject(models.NewGetObjectRequest(bucket, name)))(t))
}

// sizes are the objects of a job, by name.
type sizes map[string]int

func (objects sizes) toPut() []models.Ds3PutObject {
	var list []models.Ds3PutObject
	for name, size := range objects {
		list = append(list, models.Ds3PutObject{Name: name, Size: int64(size)})
	}
	return list
}

func (objects sizes) names() []string {
	var list []string
	for name := range objects {
		list = append(list, name)
	}
	return list
}

func startPut(t *testing.T, bucket string, objects sizes) models.MasterObjectList {
	t.Helper()
	return must(client.PutBulkJobSpectraS3(models.NewPutBulkJobSpectraS3Request(bucket, objects.toPut())))(t).MasterObjectList
}

func blobsOf(job models.MasterObjectList) []models.BulkObject {
	var blobs []models.BulkObject
	for _, chunk := range job.Objects {
		blobs = append(blobs, chunk.Objects...)
	}
	return blobs
}

func sendBlob(t *testing.T, bucket, job string, blob models.BulkObject, objects sizes) {
	t.Helper()
	whole := content(*blob.Name, objects[*blob.Name])
	part := whole[blob.Offset : blob.Offset+blob.Length]
	request := models.NewPutObjectRequest(bucket, *blob.Name, body(part)).WithJob(job).WithOffset(blob.Offset)
	must(client.PutObject(request))(t)
}

// putAll is a whole PUT job: what it made is in the cache afterwards.
func putAll(t *testing.T, bucket string, objects sizes) string {
	t.Helper()
	job := startPut(t, bucket, objects)
	for _, blob := range blobsOf(job) {
		sendBlob(t, bucket, job.JobId, blob, objects)
	}
	return job.JobId
}

// readJob reads every blob of a job as its chunks become ready, and answers the bytes by name.
func readJob(t *testing.T, bucket string, job models.MasterObjectList) map[string][]byte {
	t.Helper()
	read := map[string]*bytes.Buffer{}
	missing := len(blobsOf(job))
	eventually(t, "all chunks are ready", func() bool {
		if missing == 0 {
			return true
		}
		request := models.NewGetJobChunksReadyForClientProcessingSpectraS3Request(job.JobId)
		for _, blob := range blobsOf(must(client.GetJobChunksReadyForClientProcessingSpectraS3(request))(t).MasterObjectList) {
			get := models.NewGetObjectRequest(bucket, *blob.Name).WithJob(job.JobId).WithOffset(blob.Offset)
			data := readAll(t, must(client.GetObject(get))(t))
			equal(t, "length of a blob", int64(len(data)), blob.Length)
			if read[*blob.Name] == nil {
				read[*blob.Name] = &bytes.Buffer{}
			}
			read[*blob.Name].Write(data)
			missing--
		}
		return missing == 0
	})
	whole := map[string][]byte{}
	for name, buffer := range read {
		whole[name] = buffer.Bytes()
	}
	return whole
}

func jobOf(t *testing.T, id string) models.MasterObjectList {
	t.Helper()
	return must(client.GetJobSpectraS3(models.NewGetJobSpectraS3Request(id)))(t).MasterObjectList
}

func completes(t *testing.T, id string) {
	t.Helper()
	eventually(t, "job "+id+" is completed", func() bool { return jobOf(t, id).Status == models.JOB_STATUS_COMPLETED })
}

// memoryChannels gives the helpers bytes to send, from wherever they ask.
type memoryChannels struct {
	helperModels.ReadChannelBuilder
	data []byte
}

func (channels *memoryChannels) GetChannel(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(channels.data[offset:])), nil
}

func (channels *memoryChannels) OnDone(io.ReadCloser) {}

// readFile reads a file that the helpers made; they make none for an empty object.
func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return []byte{}, nil
	}
	return data, err
}

// transfers lets the helpers ask again at once, and move eight blobs at a time.
func transfers() *helpers.SimpleBlobStrategy {
	return &helpers.SimpleBlobStrategy{Delay: 100 * time.Millisecond, MaxConcurrentTransfers: 8}
}

// failing makes what the helpers could not transfer a failure of the test.
func failing(t *testing.T) helpers.ListenerStrategy {
	return helpers.ListenerStrategy{ErrorCallback: func(name string, err error) { t.Errorf("%s: %v", name, err) }}
}
