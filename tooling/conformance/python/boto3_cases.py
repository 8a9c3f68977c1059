"""boto3: the S3 client of AWS for Python, signature version 4."""

import base64
import hashlib
import http.client
import io
import os
import urllib.parse

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from cases import ACCESS_KEY, ENDPOINT, ODD_NAMES, SECRET_KEY, case, refuses, run

MEBIBYTE = 2**20
BUCKET = "boto3-cases"


def connect(**settings):
    return boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}, **settings),
    )


s3 = connect(s3={"addressing_style": "path"})


def read(key, **asked):
    return s3.get_object(Bucket=BUCKET, Key=key, **asked)["Body"].read()


def keys(**asked):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, **asked)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


@case("a bucket is made, listed, and not made twice")
def _():
    s3.create_bucket(Bucket=BUCKET)
    assert BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 200
    refuses("BucketAlready", s3.create_bucket, Bucket=BUCKET)


@case("an object comes back with its metadata, type and digest")
def _():
    content = os.urandom(70_000)
    put = s3.put_object(
        Bucket=BUCKET, Key="one/small", Body=content, Metadata={"reel": "four"}, ContentType="video/quicktime"
    )
    digest = f'"{hashlib.md5(content).hexdigest()}"'
    assert put["ETag"] == digest, put["ETag"]
    got = s3.get_object(Bucket=BUCKET, Key="one/small")
    assert got["Body"].read() == content
    assert got["Metadata"] == {"reel": "four"}, got["Metadata"]
    head = s3.head_object(Bucket=BUCKET, Key="one/small")
    assert (head["ContentLength"], head["ETag"]) == (70_000, digest), head
    assert head["Metadata"] == {"reel": "four"}, head["Metadata"]


@case("an empty object, a folder and an object without a known end")
def _():
    s3.put_object(Bucket=BUCKET, Key="one/empty", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="folder/", Body=b"")
    s3.upload_fileobj(io.BytesIO(b"streamed"), BUCKET, "one/stream")
    assert read("one/empty") == b""
    assert read("folder/") == b""
    assert read("one/stream") == b"streamed"


@case("ranges: from, to, and the last bytes")
def _():
    s3.put_object(Bucket=BUCKET, Key="one/range", Body=b"0123456789" * 1000)
    assert read("one/range", Range="bytes=5003-5006") == b"3456"
    assert read("one/range", Range="bytes=9998-") == b"89"
    assert read("one/range", Range="bytes=-3") == b"789"
    part = s3.get_object(Bucket=BUCKET, Key="one/range", Range="bytes=0-0")
    assert part["ContentRange"] == "bytes 0-0/10000", part["ContentRange"]
    refuses("InvalidRange", read, "one/range", Range="bytes=20000-")


@case("50 MiB go up in parts and come back in parts")
def _():
    content = os.urandom(50 * MEBIBYTE)
    parts = TransferConfig(multipart_threshold=8 * MEBIBYTE, multipart_chunksize=8 * MEBIBYTE)
    s3.upload_fileobj(io.BytesIO(content), BUCKET, "large", Config=parts, ExtraArgs={"Metadata": {"reel": "nine"}})
    back = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", back, Config=parts)
    assert back.getvalue() == content
    head = s3.head_object(Bucket=BUCKET, Key="large")
    assert head["ContentLength"] == len(content)
    assert head["Metadata"] == {"reel": "nine"}, head["Metadata"]


@case("parts: sent again, listed, completed out of order, given up")
def _():
    upload = {"Bucket": BUCKET, "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    s3.upload_part(**upload, PartNumber=2, Body=b"the end")
    s3.upload_part(**upload, PartNumber=1, Body=b"x" * 5 * MEBIBYTE)
    again = s3.upload_part(**upload, PartNumber=1, Body=b"y" * 5 * MEBIBYTE)
    listed = s3.list_parts(**upload)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, 5 * MEBIBYTE), (2, 7)], listed
    assert listed[0]["ETag"] == again["ETag"], listed
    done = {"Parts": [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in listed]}
    s3.complete_multipart_upload(**upload, MultipartUpload=done)
    assert read("parts", Range="bytes=-9") == b"yythe end"
    upload["UploadId"] = s3.create_multipart_upload(Bucket=BUCKET, Key="parts-2")["UploadId"]
    upload["Key"] = "parts-2"
    s3.upload_part(**upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(**upload)
    refuses("NoSuchUpload", s3.list_parts, **upload)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


@case("checksums of every kind are taken, and a wrong digest is refused")
def _():
    for kind in ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]:
        s3.put_object(Bucket=BUCKET, Key=f"checked/{kind}", Body=b"abc", ChecksumAlgorithm=kind)
    wrong = base64.b64encode(hashlib.md5(b"abd").digest()).decode()
    refuses("BadDigest", s3.put_object, Bucket=BUCKET, Key="checked/wrong", Body=b"abc", ContentMD5=wrong)
    assert "checked/wrong" not in keys(Prefix="checked/")


@case("a wrong checksum is refused, of every kind")
def _():
    for kind, length in [("CRC32", 4), ("CRC32C", 4), ("SHA1", 20), ("SHA256", 32), ("CRC64NVME", 8)]:
        wrong = {f"Checksum{kind}": base64.b64encode(bytes(length)).decode()}
        refuses("BadDigest", s3.put_object, Bucket=BUCKET, Key="checked/wrong", Body=b"abc", **wrong)
    assert "checked/wrong" not in keys(Prefix="checked/")


@case("a signature is wanted for the payload, or not")
def _():
    for signed in [True, False]:
        client = connect(s3={"addressing_style": "path", "payload_signing_enabled": signed})
        client.put_object(Bucket=BUCKET, Key="one/payload", Body=b"signed" if signed else b"unsigned")
        client.delete_object(Bucket=BUCKET, Key="one/payload")


@case("names of every kind go up, are listed and come back")
def _():
    for name in ODD_NAMES:
        s3.put_object(Bucket=BUCKET, Key=f"odd/{name}", Body=name.encode())
    wanted = sorted(f"odd/{name}" for name in ODD_NAMES)
    assert sorted(keys(Prefix="odd/")) == wanted, keys(Prefix="odd/")
    for name in ODD_NAMES:
        assert read(f"odd/{name}") == name.encode(), name


@case("listings: by byte order, pages, folders, after a key")
def _():
    for name in ["a", "A", "b/1", "b/2", "b-1", "ü"]:
        s3.put_object(Bucket=BUCKET, Key=f"list/{name}", Body=b"x")
    ordered = [f"list/{name}" for name in ["A", "a", "b-1", "b/1", "b/2", "ü"]]
    assert keys(Prefix="list/") == ordered, keys(Prefix="list/")
    assert keys(Prefix="list/", PaginationConfig={"PageSize": 1}) == ordered
    assert keys(Prefix="list/", StartAfter="list/b/1") == ordered[4:]
    folders = s3.list_objects(Bucket=BUCKET, Prefix="list/", Delimiter="/")
    assert [entry["Prefix"] for entry in folders["CommonPrefixes"]] == ["list/b/"], folders
    assert [entry["Key"] for entry in folders["Contents"]] == ["list/A", "list/a", "list/b-1", "list/ü"], folders
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="list/")["KeyCount"] == 6


@case("an object is written again, and copied with its metadata or with other metadata")
def _():
    s3.put_object(Bucket=BUCKET, Key="copies/a b+c", Body=b"first", Metadata={"reel": "four"})
    s3.put_object(Bucket=BUCKET, Key="copies/a b+c", Body=b"second", Metadata={"reel": "five"})
    assert read("copies/a b+c") == b"second"
    source = {"Bucket": BUCKET, "Key": "copies/a b+c"}
    copy = s3.copy_object(Bucket=BUCKET, Key="copies/same", CopySource=source)
    assert copy["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"second").hexdigest()}"', copy
    s3.copy_object(Bucket=BUCKET, Key="copies/other", CopySource=source, Metadata={"a": "b"}, MetadataDirective="REPLACE")
    assert s3.get_object(Bucket=BUCKET, Key="copies/same")["Metadata"] == {"reel": "five"}
    other = s3.get_object(Bucket=BUCKET, Key="copies/other")
    assert (other["Body"].read(), other["Metadata"]) == (b"second", {"a": "b"})
    refuses("NoSuchKey", s3.copy_object, Bucket=BUCKET, Key="copies/x", CopySource={"Bucket": BUCKET, "Key": "none"})


@case("presigned addresses read and write without keys, with both signatures")
def _():
    for signature in ["s3v4", "s3"]:
        client = connect(signature_version=signature, s3={"addressing_style": "path"})
        one = {"Bucket": BUCKET, "Key": f"one/presigned-{signature}"}
        assert fetch("PUT", client.generate_presigned_url("put_object", Params=one), b"abc") == (200, b"")
        get = client.generate_presigned_url("get_object", Params=one)
        assert fetch("GET", get) == (200, b"abc")
        assert fetch("HEAD", get)[0] == 403
        assert fetch("GET", get.replace("one/presigned", "one/small"))[0] == 403


def fetch(method, address, body=None):
    """Sends no headers but the necessary ones: what is signed in the address is all there is."""
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", body)
    answer = connection.getresponse()
    return answer.status, answer.read()


@case("an object that is there stays as it is when the condition says so")
def _():
    digest = s3.head_object(Bucket=BUCKET, Key="one/range")["ETag"]
    assert read("one/range", IfMatch=digest, Range="bytes=0-3") == b"0123"
    refuses("304", s3.head_object, Bucket=BUCKET, Key="one/range", IfNoneMatch=digest)


@case("what is not there is told as AWS tells it")
def _():
    refuses("404", s3.head_object, Bucket=BUCKET, Key="none")
    refuses("404", s3.head_bucket, Bucket="no-such-bucket")
    for error, attempt in [
        (s3.exceptions.NoSuchKey, lambda: read("none")),
        (s3.exceptions.NoSuchBucket, lambda: s3.list_objects_v2(Bucket="no-such-bucket")),
    ]:
        try:
            attempt()
        except error:
            continue
        raise AssertionError(f"expected {error}")


@case("wrong keys are refused")
def _():
    stranger = boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key="wrong",
        config=Config(retries={"total_max_attempts": 1}),
    )
    refuses("SignatureDoesNotMatch", stranger.list_buckets)
    refuses("403", stranger.head_bucket, Bucket=BUCKET)


@case("objects go one by one and many at once, then the bucket")
def _():
    s3.delete_object(Bucket=BUCKET, Key="one/small")
    refuses("BucketNotEmpty", s3.delete_bucket, Bucket=BUCKET)
    objects = [{"Key": key} for key in keys()]
    done = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    assert len(done["Deleted"]) == len(objects), done.get("Errors")
    s3.delete_bucket(Bucket=BUCKET)
    assert BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


run()
