// Package minio works with a server through MinIO's client for Go, which signs each piece of a body it sends.
package minio

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const mebibyte = 1 << 20

var ctx = context.Background()

// Ways to sign: each piece of a body, each piece and a checksum after the last one, or the headers alone.
var signatures = map[string]minio.Options{
	"v4-pieces":  {Creds: credentials.NewStaticV4(accessKey(), secretKey(), "")},
	"v4-trailer": {Creds: credentials.NewStaticV4(accessKey(), secretKey(), ""), TrailingHeaders: true},
	"v2":         {Creds: credentials.NewStaticV2(accessKey(), secretKey(), "")},
}

func accessKey() string { return os.Getenv("DS3_ACCESS_KEY") }
func secretKey() string { return os.Getenv("DS3_SECRET_KEY") }

func connect(t *testing.T, options minio.Options) *minio.Client {
	t.Helper()
	endpoint := must(url.Parse(os.Getenv("DS3_ENDPOINT")))(t)
	options.BucketLookup = minio.BucketLookupPath
	options.Region = "us-east-1"
	options.MaxRetries = 1
	return must(minio.New(endpoint.Host, &options))(t)
}

func must[T any](answer T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func random(size int) []byte {
	data := make([]byte, size)
	rand.Read(data)
	return data
}

func read(t *testing.T, client *minio.Client, bucket, key string, options minio.GetObjectOptions) []byte {
	t.Helper()
	object := must(client.GetObject(ctx, bucket, key, options))(t)
	defer object.Close()
	return must(io.ReadAll(object))(t)
}

func put(t *testing.T, client *minio.Client, bucket, key string, data []byte, options minio.PutObjectOptions) minio.UploadInfo {
	t.Helper()
	return must(client.PutObject(ctx, bucket, key, bytes.NewReader(data), int64(len(data)), options))(t)
}

// forEachSignature runs a test with each way to sign, in a bucket of its own that is empty afterwards.
func forEachSignature(t *testing.T, test func(t *testing.T, client *minio.Client, bucket string)) {
	for name, options := range signatures {
		t.Run(name, func(t *testing.T) {
			client := connect(t, options)
			bucket := strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-"))
			done(t, client.MakeBucket(ctx, bucket, minio.MakeBucketOptions{}))
			t.Cleanup(func() {
				objects := client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true})
				for failure := range client.RemoveObjects(ctx, bucket, objects, minio.RemoveObjectsOptions{}) {
					t.Errorf("%s is not removed: %v", failure.ObjectName, failure.Err)
				}
			})
			test(t, client, bucket)
		})
	}
}

func TestObjectComesBack(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		equal(t, "the bucket is there", must(client.BucketExists(ctx, bucket))(t), true)
		for _, size := range []int{0, 1, 65_535, 65_536, 65_537, 300_000} {
			data := random(size)
			options := minio.PutObjectOptions{UserMetadata: map[string]string{"Reel": "four"}, ContentType: "video/quicktime"}
			info := put(t, client, bucket, "dir/a b+c", data, options)
			if !bytes.Equal(read(t, client, bucket, "dir/a b+c", minio.GetObjectOptions{}), data) {
				t.Fatalf("an object of %d bytes is not what it was", size)
			}
			stat := must(client.StatObject(ctx, bucket, "dir/a b+c", minio.StatObjectOptions{}))(t)
			equal(t, "size", stat.Size, int64(size))
			equal(t, "tag", stat.ETag, info.ETag)
			equal(t, "metadata", stat.UserMetadata["Reel"], "four")
			done(t, client.RemoveObject(ctx, bucket, "dir/a b+c", minio.RemoveObjectOptions{}))
		}
	})
}

func TestBucketGoes(t *testing.T) {
	client := connect(t, signatures["v4-pieces"])
	done(t, client.MakeBucket(ctx, "bucket-that-goes", minio.MakeBucketOptions{}))
	done(t, client.RemoveBucket(ctx, "bucket-that-goes"))
	equal(t, "the bucket is there", must(client.BucketExists(ctx, "bucket-that-goes"))(t), false)
}

func TestLargeObjectGoesInParts(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		data := random(20 * mebibyte)
		put(t, client, bucket, "large", data, minio.PutObjectOptions{PartSize: 6 * mebibyte, NumThreads: 3})
		if !bytes.Equal(read(t, client, bucket, "large", minio.GetObjectOptions{}), data) {
			t.Fatal("the object is not what its parts were")
		}
		put(t, client, bucket, "whole", data, minio.PutObjectOptions{DisableMultipart: true})
		if !bytes.Equal(read(t, client, bucket, "whole", minio.GetObjectOptions{}), data) {
			t.Fatal("the object is not what it was")
		}
	})
}

func TestStreamOfUnknownLength(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		data := random(7 * mebibyte)
		stream := struct{ io.Reader }{bytes.NewReader(data)}
		must(client.PutObject(ctx, bucket, "stream", stream, -1, minio.PutObjectOptions{PartSize: 5 * mebibyte}))(t)
		if !bytes.Equal(read(t, client, bucket, "stream", minio.GetObjectOptions{}), data) {
			t.Fatal("the object is not what the stream was")
		}
	})
}

func TestRangeIsRead(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		put(t, client, bucket, "a", []byte("0123456789"), minio.PutObjectOptions{})
		options := minio.GetObjectOptions{}
		done(t, options.SetRange(3, 6))
		equal(t, "a range", string(read(t, client, bucket, "a", options)), "3456")
		object := must(client.GetObject(ctx, bucket, "a", minio.GetObjectOptions{}))(t)
		defer object.Close()
		tail := make([]byte, 3)
		must(object.ReadAt(tail, 7))(t)
		equal(t, "the end", string(tail), "789")
	})
}

func TestListings(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		for _, key := range []string{"a", "dir/b", "dir/c", "e f"} {
			put(t, client, bucket, key, []byte(key), minio.PutObjectOptions{})
		}
		for _, old := range []bool{false, true} {
			keys := func(options minio.ListObjectsOptions) []string {
				options.UseV1 = old
				var keys []string
				for object := range client.ListObjects(ctx, bucket, options) {
					done(t, object.Err)
					keys = append(keys, object.Key)
				}
				return keys
			}
			equal(t, "all", keys(minio.ListObjectsOptions{Recursive: true, MaxKeys: 1}), []string{"a", "dir/b", "dir/c", "e f"})
			equal(t, "by folders", keys(minio.ListObjectsOptions{}), []string{"a", "e f", "dir/"})
		}
	})
}

func TestPresignedAddress(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		address := must(client.PresignedPutObject(ctx, bucket, "a b", time.Minute))(t)
		request := must(http.NewRequest(http.MethodPut, address.String(), strings.NewReader("abc")))(t)
		answer := must(http.DefaultClient.Do(request))(t)
		equal(t, "status of the PUT", answer.StatusCode, 200)
		answer.Body.Close()
		address = must(client.PresignedGetObject(ctx, bucket, "a b", time.Minute, nil))(t)
		answer = must(http.Get(address.String()))(t)
		defer answer.Body.Close()
		equal(t, "content", string(must(io.ReadAll(answer.Body))(t)), "abc")
	})
}

func TestWrongSecretIsRefused(t *testing.T) {
	for name, creds := range map[string]*credentials.Credentials{
		"v4": credentials.NewStaticV4(accessKey(), "wrong", ""),
		"v2": credentials.NewStaticV2(accessKey(), "wrong", ""),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, minio.Options{Creds: creds}).ListBuckets(ctx)
			equal(t, "code", minio.ToErrorResponse(err).Code, "SignatureDoesNotMatch")
		})
	}
}

func TestUnfinishedUploadIsListedAndRemoved(t *testing.T) {
	forEachSignature(t, func(t *testing.T, client *minio.Client, bucket string) {
		core := minio.Core{Client: client}
		upload := must(core.NewMultipartUpload(ctx, bucket, "a", minio.PutObjectOptions{}))(t)
		part := bytes.NewReader(random(100))
		must(core.PutObjectPart(ctx, bucket, "a", upload, 1, part, 100, minio.PutObjectPartOptions{}))(t)
		var keys []string
		for unfinished := range client.ListIncompleteUploads(ctx, bucket, "", true) {
			done(t, unfinished.Err)
			keys = append(keys, unfinished.Key)
		}
		equal(t, "unfinished uploads", keys, []string{"a"})
		done(t, client.RemoveIncompleteUpload(ctx, bucket, "a"))
	})
}
