package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/SpectraLogic/ds3_go_sdk/ds3"
	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
)

// aDataPolicy makes a data policy with a rule that keeps objects on pools of its own storage domain.
func aDataPolicy(t *testing.T, with func(*models.PutDataPolicySpectraS3Request)) string {
	t.Helper()
	request := models.NewPutDataPolicySpectraS3Request(uniqueName(t, "policy"))
	with(request)
	policy := must(client.PutDataPolicySpectraS3(request))(t).DataPolicy.Id
	t.Cleanup(func() { must(client.DeleteDataPolicySpectraS3(models.NewDeleteDataPolicySpectraS3Request(policy)))(t) })
	domain := aStorageDomain(t)
	rule := must(client.PutDataPersistenceRuleSpectraS3(models.NewPutDataPersistenceRuleSpectraS3Request(
		models.DATA_PERSISTENCE_RULE_TYPE_PERMANENT, policy, models.DATA_ISOLATION_LEVEL_STANDARD, domain)))(t).DataPersistenceRule
	t.Cleanup(func() {
		must(client.DeleteDataPersistenceRuleSpectraS3(models.NewDeleteDataPersistenceRuleSpectraS3Request(rule.Id)))(t)
	})
	return policy
}

// aStorageDomain makes a domain that has the pools of an existing one, if there are any.
func aStorageDomain(t *testing.T) string {
	t.Helper()
	domain := must(client.PutStorageDomainSpectraS3(models.NewPutStorageDomainSpectraS3Request(uniqueName(t, "domain"))))(t).StorageDomain.Id
	t.Cleanup(func() {
		must(client.DeleteStorageDomainSpectraS3(models.NewDeleteStorageDomainSpectraS3Request(domain)))(t)
	})
	for _, partition := range must(client.GetPoolPartitionsSpectraS3(models.NewGetPoolPartitionsSpectraS3Request()))(t).PoolPartitionList.PoolPartitions {
		member := must(client.PutPoolStorageDomainMemberSpectraS3(
			models.NewPutPoolStorageDomainMemberSpectraS3Request(partition.Id, domain)))(t).StorageDomainMember
		t.Cleanup(func() {
			must(client.DeleteStorageDomainMemberSpectraS3(models.NewDeleteStorageDomainMemberSpectraS3Request(member.Id)))(t)
		})
		break
	}
	return domain
}

// aUser makes a user, and answers it with a client that signs as it.
func aUser(t *testing.T) (models.SpectraUser, *ds3.Client) {
	t.Helper()
	user := must(client.DelegateCreateUserSpectraS3(models.NewDelegateCreateUserSpectraS3Request(uniqueName(t, "user"))))(t).SpectraUser
	t.Cleanup(func() {
		must(client.DelegateDeleteUserSpectraS3(models.NewDelegateDeleteUserSpectraS3Request(user.Id)))(t)
	})
	return user, connect(*user.AuthId, *user.SecretKey)
}

func aGroup(t *testing.T) models.Group {
	t.Helper()
	group := must(client.PutGroupSpectraS3(models.NewPutGroupSpectraS3Request(uniqueName(t, "group"))))(t).Group
	t.Cleanup(func() { must(client.DeleteGroupSpectraS3(models.NewDeleteGroupSpectraS3Request(group.Id)))(t) })
	return group
}

func TestUserSignsAndIsModified(t *testing.T) {
	user, asUser := aUser(t)
	must(asUser.GetService(models.NewGetServiceRequest()))(t)
	must(client.ModifyUserSpectraS3(models.NewModifyUserSpectraS3Request(user.Id).WithMaxBuckets(0)))(t)
	equal(t, "buckets", must(client.GetUserSpectraS3(models.NewGetUserSpectraS3Request(*user.Name)))(t).SpectraUser.MaxBuckets, 0)
	renewed := must(client.RegenerateUserSecretKeySpectraS3(models.NewRegenerateUserSecretKeySpectraS3Request(user.Id)))(t).SpectraUser
	if *renewed.SecretKey == *user.SecretKey {
		t.Fatal("the secret key is the same as before")
	}
	refused(asUser.GetService(models.NewGetServiceRequest()))(t, 403)
	must(connect(*user.AuthId, *renewed.SecretKey).GetService(models.NewGetServiceRequest()))(t)
	refused(client.GetUserSpectraS3(models.NewGetUserSpectraS3Request("no-such-user")))(t, 404)
	refused(client.RegenerateUserSecretKeySpectraS3(models.NewRegenerateUserSecretKeySpectraS3Request("no-such-user")))(t, 404)
	refused(client.DelegateCreateUserSpectraS3(models.NewDelegateCreateUserSpectraS3Request(*user.Name)))(t, 409)
}

func TestBucketIsOpenedByAnAclForAUser(t *testing.T) {
	bucket := aBucket(t)
	putObject(t, bucket, "a", content("a", 10))
	user, asUser := aUser(t)
	refused(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t, 403)
	grant := func(permission models.BucketAclPermission) models.BucketAcl {
		request := models.NewPutBucketAclForUserSpectraS3Request(bucket, permission, *user.Name)
		return must(client.PutBucketAclForUserSpectraS3(request))(t).BucketAcl
	}
	list := grant(models.BUCKET_ACL_PERMISSION_LIST)
	must(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t)
	refused(asUser.GetObject(models.NewGetObjectRequest(bucket, "a")))(t, 403)
	grant(models.BUCKET_ACL_PERMISSION_READ)
	equal(t, "a", readAll(t, must(asUser.GetObject(models.NewGetObjectRequest(bucket, "a")))(t)), content("a", 10))
	refused(asUser.PutObject(models.NewPutObjectRequest(bucket, "b", body(content("b", 10)))))(t, 403)
	acls := must(client.GetBucketAclsSpectraS3(models.NewGetBucketAclsSpectraS3Request().WithUserId(user.Id)))(t).BucketAclList.BucketAcls
	equal(t, "entries of the user", len(acls), 2)
	equal(t, "entry", *must(client.GetBucketAclSpectraS3(models.NewGetBucketAclSpectraS3Request(list.Id)))(t).BucketAcl.UserId, user.Id)
	must(client.DeleteBucketAclSpectraS3(models.NewDeleteBucketAclSpectraS3Request(list.Id)))(t)
	refused(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t, 403)
}

func TestBucketIsOpenedByAnAclForAGroup(t *testing.T) {
	bucket := aBucket(t)
	user, asUser := aUser(t)
	group, inner := aGroup(t), must(client.PutGroupSpectraS3(models.NewPutGroupSpectraS3Request("inner")))(t).Group
	t.Cleanup(func() { must(client.DeleteGroupSpectraS3(models.NewDeleteGroupSpectraS3Request(inner.Id)))(t) })
	request := models.NewPutBucketAclForGroupSpectraS3Request(bucket, group.Id, models.BUCKET_ACL_PERMISSION_LIST)
	must(client.PutBucketAclForGroupSpectraS3(request))(t)
	must(client.PutGroupGroupMemberSpectraS3(models.NewPutGroupGroupMemberSpectraS3Request(group.Id, inner.Id)))(t)
	refused(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t, 403)
	member := must(client.PutUserGroupMemberSpectraS3(models.NewPutUserGroupMemberSpectraS3Request(inner.Id, user.Id)))(t).GroupMember
	must(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t)
	must(client.DeleteGroupMemberSpectraS3(models.NewDeleteGroupMemberSpectraS3Request(member.Id)))(t)
	refused(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t, 403)
	// The SDK cannot read the answer that is given for a member.
	verify := models.NewVerifyUserIsMemberOfGroupSpectraS3Request(group.Id).WithUserId(user.Id)
	equal(t, "group of a stranger", must(client.VerifyUserIsMemberOfGroupSpectraS3(verify))(t).Group, nil)
}

func TestGlobalAclOpensAllBuckets(t *testing.T) {
	bucket := aBucket(t)
	user, asUser := aUser(t)
	request := models.NewPutGlobalBucketAclForUserSpectraS3Request(models.BUCKET_ACL_PERMISSION_LIST, user.Id)
	must(client.PutGlobalBucketAclForUserSpectraS3(request))(t)
	must(asUser.GetBucket(models.NewGetBucketRequest(bucket)))(t)
}

func TestDataPolicyIsOpenedByAnAcl(t *testing.T) {
	policy := aDataPolicy(t, func(*models.PutDataPolicySpectraS3Request) {})
	user, asUser := aUser(t)
	request := models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy)
	refused(asUser.PutBucketSpectraS3(request))(t, 403)
	acl := must(client.PutDataPolicyAclForUserSpectraS3(models.NewPutDataPolicyAclForUserSpectraS3Request(policy, user.Id)))(t).DataPolicyAcl
	equal(t, "entry", *must(client.GetDataPolicyAclSpectraS3(models.NewGetDataPolicyAclSpectraS3Request(acl.Id)))(t).DataPolicyAcl.UserId, user.Id)
	must(asUser.PutBucketSpectraS3(request))(t)
	must(asUser.DeleteBucketSpectraS3(models.NewDeleteBucketSpectraS3Request(request.Name)))(t)
	must(client.DeleteDataPolicyAclSpectraS3(models.NewDeleteDataPolicyAclSpectraS3Request(acl.Id)))(t)
}

func TestGroupIsRenamed(t *testing.T) {
	group := aGroup(t)
	equal(t, "built in", group.BuiltIn, false)
	must(client.ModifyGroupSpectraS3(models.NewModifyGroupSpectraS3Request(group.Id).WithName("renamed")))(t)
	equal(t, "id", must(client.GetGroupSpectraS3(models.NewGetGroupSpectraS3Request("renamed")))(t).Group.Id, group.Id)
	refused(client.DeleteGroupSpectraS3(models.NewDeleteGroupSpectraS3Request("Everyone")))(t, 409)
}

func TestDataPolicyIsModified(t *testing.T) {
	policy := aDataPolicy(t, func(request *models.PutDataPolicySpectraS3Request) { request.WithDefaultBlobSize(20_000_000) })
	modify := models.NewModifyDataPolicySpectraS3Request(policy).
		WithName("modified").
		WithDefaultPutJobPriority(models.PRIORITY_LOW).
		WithVersioning(models.VERSIONING_LEVEL_KEEP_LATEST)
	must(client.ModifyDataPolicySpectraS3(modify))(t)
	got := must(client.GetDataPolicySpectraS3(models.NewGetDataPolicySpectraS3Request("modified")))(t).DataPolicy
	equal(t, "id", got.Id, policy)
	equal(t, "blob size", *got.DefaultBlobSize, 20_000_000)
	equal(t, "priority", got.DefaultPutJobPriority, models.PRIORITY_LOW)
	equal(t, "versioning", got.Versioning, models.VERSIONING_LEVEL_KEEP_LATEST)
	bucket := aBucketOf(t, models.NewPutBucketSpectraS3Request(uniqueName(t, "bucket")).WithDataPolicyId(policy))
	job := startPut(t, bucket, sizes{"a": 50_000_000})
	equal(t, "priority of a job", job.Priority, models.PRIORITY_LOW)
	equal(t, "blobs of a job", len(blobsOf(job)), 3)
	refused(client.DeleteDataPolicySpectraS3(models.NewDeleteDataPolicySpectraS3Request(policy)))(t, 409)
}

func TestFreshSystemHasTheVendorsPolicies(t *testing.T) {
	for _, name := range []string{"Single Copy on Tape", "Dual Copy on Tape", "Single Copy on Nearline Disk"} {
		must(client.GetDataPolicySpectraS3(models.NewGetDataPolicySpectraS3Request(name)))(t)
	}
	user := must(client.GetUserSpectraS3(models.NewGetUserSpectraS3Request("Administrator")))(t).SpectraUser
	if user.DefaultDataPolicyId == nil {
		t.Fatal("the administrator has no default data policy")
	}
}

func TestStorageDomainPartitionAndMemberAreModified(t *testing.T) {
	domain := aStorageDomain(t)
	must(client.ModifyStorageDomainSpectraS3(models.NewModifyStorageDomainSpectraS3Request(domain).WithName("renamed")))(t)
	equal(t, "id", must(client.GetStorageDomainSpectraS3(models.NewGetStorageDomainSpectraS3Request("renamed")))(t).StorageDomain.Id, domain)
	request := models.NewPutPoolPartitionSpectraS3Request(uniqueName(t, "partition"), models.POOL_TYPE_NEARLINE)
	partition := must(client.PutPoolPartitionSpectraS3(request))(t).PoolPartition
	member := must(client.PutPoolStorageDomainMemberSpectraS3(
		models.NewPutPoolStorageDomainMemberSpectraS3Request(partition.Id, domain)))(t).StorageDomainMember
	modify := models.NewModifyStorageDomainMemberSpectraS3Request(member.Id).WithWritePreference(models.WRITE_PREFERENCE_LEVEL_LOW)
	equal(t, "preference", must(client.ModifyStorageDomainMemberSpectraS3(modify))(t).StorageDomainMember.WritePreference, models.WRITE_PREFERENCE_LEVEL_LOW)
	must(client.DeleteStorageDomainMemberSpectraS3(models.NewDeleteStorageDomainMemberSpectraS3Request(member.Id)))(t)
	must(client.DeletePoolPartitionSpectraS3(models.NewDeletePoolPartitionSpectraS3Request(partition.Id)))(t)
}

func TestSystemIsTold(t *testing.T) {
	system := must(client.GetSystemInformationSpectraS3(models.NewGetSystemInformationSpectraS3Request()))(t).SystemInformation
	equal(t, "version", *system.BuildInformation.Version, "5.8.0")
	equal(t, "activated", system.BackendActivated, true)
	must(client.VerifySystemHealthSpectraS3(models.NewVerifySystemHealthSpectraS3Request()))(t)
	nodes := must(client.GetNodesSpectraS3(models.NewGetNodesSpectraS3Request()))(t).NodeList.Nodes
	equal(t, "nodes", len(nodes), 1)
	must(client.GetNodeSpectraS3(models.NewGetNodeSpectraS3Request(nodes[0].Id)))(t)
	cache := must(client.GetCacheStateSpectraS3(models.NewGetCacheStateSpectraS3Request()))(t).CacheInformation.Filesystems
	equal(t, "cache file systems", len(cache), 1)
	if cache[0].TotalCapacityInBytes <= 0 {
		t.Fatalf("capacity of the cache: %d", cache[0].TotalCapacityInBytes)
	}
	must(client.ForceFullCacheReclaimSpectraS3(models.NewForceFullCacheReclaimSpectraS3Request()))(t)
	must(client.GetSystemCapacitySummarySpectraS3(models.NewGetSystemCapacitySummarySpectraS3Request()))(t)
	backend := must(client.GetDataPathBackendSpectraS3(models.NewGetDataPathBackendSpectraS3Request()))(t).DataPathBackend
	equal(t, "activated", backend.Activated, true)
}

func TestReclaimedObjectIsStagedForItsReader(t *testing.T) {
	bucket := aBucket(t)
	objects := sizes{"a": 5000, "b": 100}
	completes(t, putAll(t, bucket, objects))
	must(client.ForceFullCacheReclaimSpectraS3(models.NewForceFullCacheReclaimSpectraS3Request()))(t)
	eventually(t, "the cache is empty", func() bool {
		request := models.NewGetPhysicalPlacementForObjectsWithFullDetailsSpectraS3Request(bucket, objects.names())
		for _, blob := range must(client.GetPhysicalPlacementForObjectsWithFullDetailsSpectraS3(request))(t).BulkObjectList.Objects {
			if *blob.InCache {
				return false
			}
		}
		return true
	})
	get := must(client.GetBulkJobSpectraS3(models.NewGetBulkJobSpectraS3Request(bucket, objects.names())))(t).MasterObjectList
	read := readJob(t, bucket, get)
	for name, size := range objects {
		equal(t, name, read[name], content(name, size))
	}
	equal(t, "status", jobOf(t, get.JobId).Status, models.JOB_STATUS_COMPLETED)
}

// Every operation of the SDK that lists or tells something and needs no parameter is answered, and can be read.
func TestListings(t *testing.T) {
	methods := reflect.TypeOf(client)
	for i := 0; i < methods.NumMethod(); i++ {
		method := methods.Method(i)
		if !strings.HasPrefix(method.Name, "Get") || !needsNothing(method.Type.In(1).Elem()) {
			continue
		}
		t.Run(strings.TrimSuffix(method.Name, "SpectraS3"), func(t *testing.T) {
			request := reflect.New(method.Type.In(1).Elem())
			answer := method.Func.Call([]reflect.Value{reflect.ValueOf(client), request})
			if err, failed := answer[1].Interface().(error); failed {
				t.Fatal(err)
			}
		})
	}
}

// needsNothing tells whether a request has only fields that may be left out: required ones are plain strings.
func needsNothing(request reflect.Type) bool {
	for i := 0; i < request.NumField(); i++ {
		if request.Field(i).Type.Kind() == reflect.String {
			return false
		}
	}
	return true
}

const nobody = "http://127.0.0.1:9/nobody/listens"

func TestNotificationsAreRegistered(t *testing.T) {
	methods := reflect.ValueOf(client)
	const suffix = "NotificationRegistrationSpectraS3"
	for i := 0; i < methods.NumMethod(); i++ {
		name := methods.Type().Method(i).Name
		if !strings.HasPrefix(name, "Put") || !strings.HasSuffix(name, suffix) {
			continue
		}
		kind := strings.TrimSuffix(strings.TrimPrefix(name, "Put"), suffix)
		t.Run(kind, func(t *testing.T) {
			made := call(t, methods, "Put"+kind+suffix, nobody)
			equal(t, "end point", *made.FieldByName("NotificationEndPoint").Interface().(*string), nobody)
			id := made.FieldByName("Id").String()
			told := call(t, methods, "Get"+kind+suffix, id)
			equal(t, "id", told.FieldByName("Id").String(), id)
			call(t, methods, "Get"+kind+"NotificationRegistrationsSpectraS3", "")
			call(t, methods, "Delete"+kind+suffix, id)
		})
	}
}

// call sends the request of an operation whose first text is the given one, and gives what the answer is about.
func call(t *testing.T, client reflect.Value, name, first string) reflect.Value {
	t.Helper()
	method := client.MethodByName(name)
	if !method.IsValid() {
		t.Fatalf("the SDK has no %s", name)
	}
	request := reflect.New(method.Type().In(0).Elem())
	for i := 0; i < request.Elem().NumField(); i++ {
		if field := request.Elem().Field(i); field.Kind() == reflect.String {
			field.SetString(first)
			break
		}
	}
	answer := method.Call([]reflect.Value{request})
	if err, failed := answer[1].Interface().(error); failed {
		t.Fatalf("%s: %v", name, err)
	}
	if entity := answer[0].Elem().Field(0); entity.Kind() == reflect.Struct {
		return entity
	}
	return reflect.Value{}
}

func TestNotificationIsDelivered(t *testing.T) {
	bucket := aBucket(t)
	heard := make(chan string, 100)
	listener := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		said, _ := io.ReadAll(request.Body)
		heard <- request.Method + " " + string(said)
	}))
	defer listener.Close()
	job := startPut(t, bucket, sizes{"a": 10})
	request := models.NewPutJobCompletedNotificationRegistrationSpectraS3Request(listener.URL).WithJobId(job.JobId)
	registration := must(client.PutJobCompletedNotificationRegistrationSpectraS3(request))(t).JobCompletedNotificationRegistration.Id
	defer client.DeleteJobCompletedNotificationRegistrationSpectraS3(
		models.NewDeleteJobCompletedNotificationRegistrationSpectraS3Request(registration))
	sendBlob(t, bucket, job.JobId, blobsOf(job)[0], sizes{"a": 10})
	select {
	case said := <-heard:
		if !strings.HasPrefix(said, "POST ") || !strings.Contains(said, job.JobId) {
			t.Fatalf("the notification: %s", said)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no notification within 20 s")
	}
}
