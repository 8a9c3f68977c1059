"""boto, the S3 client of AWS for Python before boto3: signature version 2, in the header and in the query."""

import hashlib
import io
import os
import urllib.parse
import urllib.request

import boto
import boto.s3.connection

from cases import ACCESS_KEY, ENDPOINT, ODD_NAMES, SECRET_KEY, case, refuses, run

MEBIBYTE = 2**20
BUCKET = "boto2-cases"

address = urllib.parse.urlsplit(ENDPOINT)
boto.config.add_section("Boto")
boto.config.set("Boto", "num_retries", "0")
boto.config.set("Boto", "http_socket_timeout", "60")
s3 = boto.s3.connection.S3Connection(
    ACCESS_KEY,
    SECRET_KEY,
    host=address.hostname,
    port=address.port,
    is_secure=False,
    calling_format=boto.s3.connection.OrdinaryCallingFormat(),
    suppress_consec_slashes=False,
)


def bucket():
    return s3.get_bucket(BUCKET, validate=False)


def write(key, content, **more):
    return bucket().new_key(key).set_contents_from_string(content, **more)


def read(key, **more):
    return bucket().new_key(key).get_contents_as_string(**more)


@case("a bucket is made, listed, and not made twice")
def _():
    s3.create_bucket(BUCKET)
    assert BUCKET in [each.name for each in s3.get_all_buckets()]
    assert s3.lookup(BUCKET) is not None
    assert s3.lookup("no-such-bucket") is None
    refuses("409", s3.create_bucket, BUCKET)


@case("an object comes back with its metadata and digest")
def _():
    content = os.urandom(70_000)
    key = bucket().new_key("one/small")
    key.set_metadata("reel", "four")
    key.set_contents_from_string(content)
    got = bucket().get_key("one/small")
    assert got.get_contents_as_string() == content
    told = (got.size, got.etag, got.get_metadata("reel"))
    assert told == (70_000, f'"{hashlib.md5(content).hexdigest()}"', "four"), told


@case("an empty object and a folder")
def _():
    write("one/empty", b"")
    write("folder/", b"")
    assert read("one/empty") == b""
    assert read("folder/") == b""


@case("a part of an object is read")
def _():
    write("one/range", b"0123456789" * 1000)
    assert read("one/range", headers={"Range": "bytes=5003-5006"}) == b"3456"


@case("50 MiB go up in parts and come back")
def _():
    content = os.urandom(50 * MEBIBYTE)
    upload = bucket().initiate_multipart_upload("large", metadata={"reel": "nine"})
    for number in range(1, 8):
        part = content[(number - 1) * 8 * MEBIBYTE : number * 8 * MEBIBYTE]
        upload.upload_part_from_file(io.BytesIO(part), number)
    assert [part.part_number for part in upload] == list(range(1, 8))
    upload.complete_upload()
    assert read("large") == content
    assert bucket().get_key("large").get_metadata("reel") == "nine"


@case("an upload in parts is listed and given up")
def _():
    upload = bucket().initiate_multipart_upload("given up")
    upload.upload_part_from_file(io.BytesIO(b"x"), 1)
    assert [(each.key_name, each.id) for each in bucket().list_multipart_uploads()] == [("given up", upload.id)]
    upload.cancel_upload()
    assert list(bucket().list_multipart_uploads()) == []


@case("names of every kind go up, are listed and come back")
def _():
    for name in ODD_NAMES:
        write(f"odd/{name}", name.encode())
    listed = [key.name for key in bucket().list(prefix="odd/")]
    assert sorted(listed) == sorted(f"odd/{name}" for name in ODD_NAMES), listed
    for name in ODD_NAMES:
        assert read(f"odd/{name}") == name.encode(), name


@case("listings: pages and folders")
def _():
    for name in ["a", "b/1", "b/2", "c"]:
        write(f"list/{name}", b"x")
    first = bucket().get_all_keys(prefix="list/", max_keys=2)
    assert ([key.name for key in first], first.is_truncated) == (["list/a", "list/b/1"], True)
    rest = bucket().get_all_keys(prefix="list/", marker=first.next_marker or first[-1].name)
    assert [key.name for key in rest] == ["list/b/2", "list/c"]
    folders = [entry.name for entry in bucket().list(prefix="list/", delimiter="/")]
    assert sorted(folders) == ["list/a", "list/b/", "list/c"], folders


@case("an object is written again, and copied")
def _():
    write("copies/a b", b"first")
    write("copies/a b", b"second")
    bucket().copy_key("copies/c", BUCKET, "copies/a b")
    assert read("copies/c") == b"second"


@case("an address with a signature is read without keys")
def _():
    write("one/signed", b"abc")
    assert urllib.request.urlopen(bucket().get_key("one/signed").generate_url(60)).read() == b"abc"


@case("a wrong digest is refused")
def _():
    refuses("400", write, "one/wrong", b"abc", md5=("0" * 32, "AAAAAAAAAAAAAAAAAAAAAA=="))
    assert bucket().get_key("one/wrong") is None


@case("objects go one by one and many at once")
def _():
    bucket().delete_key("one/small")
    names = [key.name for key in bucket().list()]
    done = bucket().delete_keys(names)
    assert (len(done.deleted), done.errors) == (len(names), []), done.errors
    assert list(bucket().list()) == []


@case("the bucket goes")
def _():
    s3.delete_bucket(BUCKET)
    assert s3.lookup(BUCKET) is None


run()
