"""Types of CloudFormation resource that our stack has and moto's CloudFormation leaves out, saying nothing.
OURS, not moto's.

Where moto has the service itself, the resource is really made there (alarms, subscriptions, policies). Where it
has not (CloudFront), the resource is kept with its properties and answers the attributes that the stack asks of it.
Fact: names of properties and attributes are those of the CloudFormation template reference (docs.aws.amazon.com, read
2026-11-21).

Control, ours as well (JSON, POST):
  /moto-api/lab/stack   {"refused": [type]}   resources of these types cannot be made: a deployment stops there, half-way
"""

import json

from agents import documents
from moto.awslambda.models import lambda_backends
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.events.models import EventBus
from moto.iam.access_control import PermissionResult
from moto.kms.models import Key
from moto.moto_api._internal.urls import url_paths
from moto.s3.models import FakeBucket, s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends


def add(cfn_type, make, unmake=lambda *_: None, attributes=()):
    """`make(properties, physical_name, account, region)` returns the physical id."""

    class Resource(CloudFormationModel):
        # moto's metaclass reads a service's name off the module.
        __module__ = "moto.lab.models"

        def __init__(self, physical_id, properties):
            self.physical_resource_id = physical_id
            self.properties = properties

        @staticmethod
        def cloudformation_name_type():
            return ""

        @staticmethod
        def cloudformation_type():
            return cfn_type

        @classmethod
        def has_cfn_attr(cls, attr):
            return attr in dict(attributes)

        def get_cfn_attribute(self, name):
            return dict(attributes)[name](self.physical_resource_id)

        @classmethod
        def create_from_cloudformation_json(cls, name, wish, account_id, region_name, **_):
            if cfn_type in refused:
                raise ValidationError(message=f"{cfn_type} {name}: the lab refuses to make it")
            properties = wish.get("Properties", {})
            return cls(make(properties, name, account_id, region_name), properties)

        @classmethod
        def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
            original_resource.delete(account_id, region_name)
            return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

        def delete(self, account_id, region_name):
            unmake(self.physical_resource_id, self.properties, account_id, region_name)

        @classmethod
        def delete_from_cloudformation_json(cls, name, wish, account_id, region_name):
            unmake(name, wish.get("Properties", {}), account_id, region_name)

    kept.append(Resource)


# Types that cannot be made for the moment.
refused = set()

# moto finds models among the living subclasses: a class that nobody holds may be gone.
kept = []


def make_alarm(wish, name, account_id, region_name):
    name = wish.get("AlarmName", name)
    cloudwatch_backends[account_id][region_name].put_metric_alarm(
        name=name,
        namespace=wish["Namespace"],
        metric_name=wish["MetricName"],
        comparison_operator=wish["ComparisonOperator"],
        evaluation_periods=int(wish["EvaluationPeriods"]),
        datapoints_to_alarm=int(wish.get("DatapointsToAlarm", wish["EvaluationPeriods"])),
        period=int(wish["Period"]),
        threshold=float(wish["Threshold"]),
        statistic=wish["Statistic"],
        description=wish.get("AlarmDescription", ""),
        dimensions=wish.get("Dimensions", []),
        alarm_actions=wish.get("AlarmActions", []),
        ok_actions=wish.get("OKActions", []),
        insufficient_data_actions=[],
        treat_missing_data=wish.get("TreatMissingData"),
        tags=[],
    )
    return name


def unmake_alarm(name, _wish, account_id, region_name):
    cloudwatch_backends[account_id][region_name].delete_alarms([name])


def make_subscription(wish, _name, account_id, region_name):
    sns = sns_backends[account_id][region_name]
    return sns.subscribe(wish["TopicArn"], wish["Endpoint"], wish["Protocol"]).arn


def unmake_subscription(arn, _wish, account_id, region_name):
    sns_backends[account_id][region_name].unsubscribe(arn)


def make_bucket_policy(wish, name, account_id, _region):
    policy = json.dumps(wish["PolicyDocument"]).encode()
    s3_backends[account_id]["aws"].put_bucket_policy(wish["Bucket"], policy)
    return name


def unmake_bucket_policy(_name, wish, account_id, _region):
    s3 = s3_backends[account_id]["aws"]
    # A stack that goes takes its bucket first, now and then.
    if wish["Bucket"] in s3.buckets:
        s3.delete_bucket_policy(wish["Bucket"])


def make_queue_policy(wish, name, account_id, region_name):
    for url in wish["Queues"]:
        policy = {"Policy": json.dumps(wish["PolicyDocument"])}
        sqs_backends[account_id][region_name].set_queue_attributes(url.split("/")[-1], policy)
    return name


def make_topic_policy(wish, name, account_id, region_name):
    for arn in wish["Topics"]:
        policy = json.dumps(wish["PolicyDocument"])
        sns_backends[account_id][region_name].set_topic_attribute(arn, "policy", policy)
    return name


def make_invoke_config(wish, name, account_id, region_name):
    config = {k: v for k, v in wish.items() if k not in ("FunctionName", "Qualifier")}
    lambda_backends[account_id][region_name].put_function_event_invoke_config(wish["FunctionName"], config)
    return name


def make_document(wish, name, _account, _region):
    documents[wish.get("Name", name)] = wish["Content"]
    return wish.get("Name", name)


# A stack that stopped half-way. moto does not roll back, and neither do we: what stays is the worst that CloudFormation can
# leave (UPDATE_ROLLBACK_FAILED), and what is there is what was made. moto would make the rest as soon as it is listed.
Stack.stack_resources = property(
    lambda self: [
        self.resource_map._parsed_resources[name]
        for name in self.resource_map
        if self.resource_map._parsed_resources.get(name) is not None
    ]
)

# Fact: RetainExceptOnCreate "behaves like Retain for stack operations, except for the stack operation that initially
# created the resource" (docs.aws.amazon.com, DeletionPolicy attribute, read 2026-11-21). moto knows only Retain.
delete_all = ResourceMap.delete


def delete_but_retained(self):
    for resource in self._resource_json_map.values():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"
    delete_all(self)


ResourceMap.delete = delete_but_retained


# Fact: a stack shows the outputs and parameters of the change set that was executed last (docs.aws.amazon.com, DescribeStacks,
# read 2026-11-29). moto keeps those with which the stack was made, which for a change set are none.
apply_resources = ChangeSet.apply


def apply_all(self):
    apply_resources(self)
    self.stack.template = self.template
    self.stack._parse_template()
    self.stack.parameters = self.parameters
    self.stack.output_map = self.stack._create_output_map()


ChangeSet.apply = apply_all

# Fact: a resource whose condition is false is not in the stack (docs.aws.amazon.com, Conditions, read 2026-11-30). moto updates
# it with the others when a parameter that it refers to changes.
changed_resources = ResourceMap.build_resource_diff


def changed_and_made(self, other_template, parameters=None):
    found = changed_resources(self, other_template, parameters)
    unmade = [name for name in found["Modify"] if self._parsed_resources.get(name) is None]
    return {
        **found,
        "Add": found["Add"] + unmade,
        "Modify": [name for name in found["Modify"] if name not in unmade],
    }


ResourceMap.build_resource_diff = changed_and_made

# Fact: ParameterValue is a string (CloudFormation API model). moto hands a parameter of type Number on as a number, and
# finds that it differs from itself.
Stack.stack_parameters = property(
    lambda self: {
        name: str(value) if isinstance(value, (int, float)) else value
        for name, value in self.resource_map.resolved_parameters.items()
    }
)


# Fact: a key's description, policy and rotation are updated without interruption, and the key stays (docs.aws.amazon.com,
# AWS::KMS::Key, read 2026-11-30). moto updates no key: the stack has lost it then.
def update_key(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    original_resource.description = cloudformation_json["Properties"].get("Description")
    return original_resource


Key.update_from_cloudformation_json = classmethod(update_key)

# Fact: Ref of a bus is its name (CloudFormation template reference). moto hands on the bus itself, and a rule of that bus fails.
EventBus.physical_resource_id = property(lambda self: self.name)


def set_refused(request, full_url, headers):
    refused.clear()
    refused.update(json.loads(request.data)["refused"])
    return 200, {}, ""


url_paths["{0}/moto-api/lab/stack"] = set_refused

# moto judges by a bucket's policy without its conditions: "deny what is not TLS" would deny the whole lab, which speaks
# HTTP. The policy is kept and shown, and judged by nobody; tests read it off the template.
FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


def named(_wish, name, _account, _region):
    return name[:40]


add("AWS::CloudWatch::Alarm", make_alarm, unmake_alarm)
add("AWS::SNS::Subscription", make_subscription, unmake_subscription)
add("AWS::S3::BucketPolicy", make_bucket_policy, unmake_bucket_policy)
add("AWS::SQS::QueuePolicy", make_queue_policy)
add("AWS::SNS::TopicPolicy", make_topic_policy)
add("AWS::Lambda::EventInvokeConfig", make_invoke_config)
add("AWS::SSM::Document", make_document)
# Kept, and judged by nobody.
add("AWS::Events::EventBusPolicy", named)
add("AWS::CloudFront::OriginAccessControl", named, attributes=[("Id", lambda name: name)])
add(
    "AWS::CloudFront::Function",
    named,
    attributes=[("FunctionMetadata.FunctionARN", lambda name: f"arn:aws:cloudfront::123456789012:function/{name}")],
)
add(
    "AWS::CloudFront::Distribution",
    named,
    attributes=[("DomainName", lambda name: "d111111abcdef8.cloudfront.net"), ("Id", lambda name: name)],
)
