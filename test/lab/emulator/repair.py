"""EC2 Instance Connect and what a repair reads of a machine, for the lab's AWS. OURS: moto 5.2.1 keeps no key it is sent.

What is here proves our code against our reading of the API, not against AWS.

Facts: a pushed key serves for 60 s and for one user (EC2 Instance Connect API reference, SendSSHPublicKey, read
2026-11-21); `DisableApiStop` is an instance attribute, `Latest` asks for the console as it is now (EC2 API model).

Control (JSON, POST, unless said otherwise):
  /moto-api/lab/machine  {"instanceId", "privateIp"?, "launchedSecondsAgo"?, "console"?, "isStopProtected"?,
                          "lentPublicIp"?}
  /moto-api/lab/keys     GET ?instanceId=&user=   keys that serve now, as an AuthorizedKeysCommand must print them
  /moto-api/lab/keys     {"ageSeconds"}           so much older is every key from now on
"""

import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlparse

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.responses import EC2Response
from moto.ec2.utils import Base64EncodedString
from moto.ec2instanceconnect.responses import Ec2InstanceConnectResponse
from moto.moto_api._internal.urls import url_paths

LIFE_SECONDS = 60
pushed: list[dict] = []
consoles: dict[str, str] = {}
stop_protected: set[str] = set()


def send_ssh_public_key(self):
    wish = json.loads(self.body)
    instance = ec2_backends[self.current_account][self.region].get_instance(wish["InstanceId"])
    if instance.state != "running":
        return 400, {"status": 400}, json.dumps({"__type": "EC2InstanceStateInvalidException", "message": instance.state})
    pushed.append(
        {
            "instanceId": wish["InstanceId"],
            "user": wish["InstanceOSUser"],
            "key": wish["SSHPublicKey"],
            "at": time.monotonic(),
        }
    )
    return json.dumps({"RequestId": "lab", "Success": True})


Ec2InstanceConnectResponse.send_ssh_public_key = send_ssh_public_key

moto_describe_instance_attribute = EC2Response.describe_instance_attribute


def describe_instance_attribute(self):
    if self._get_param("Attribute") != "disableApiStop":
        return moto_describe_instance_attribute(self)
    instance_id = self._get_param("InstanceId")
    return ActionResult(
        {"InstanceId": instance_id, "DisableApiStop": {"Value": instance_id in stop_protected}}
    )


EC2Response.describe_instance_attribute = describe_instance_attribute

moto_stop_instances = EC2Response.stop_instances


def stop_instances(self):
    if stop_protected & set(self._get_param("InstanceIds", [])):
        raise EC2ClientError("OperationNotPermitted", "The instance may not be stopped: disableApiStop.")
    return moto_stop_instances(self)


EC2Response.stop_instances = stop_instances


def get_console_output(self):
    instance_id = self._get_param("InstanceId")
    text = consoles.get(instance_id, "")
    return ActionResult(
        {
            "InstanceId": instance_id,
            "Timestamp": utcnow(),
            "Output": Base64EncodedString.from_raw_string(text),
        }
    )


EC2Response.get_console_output = get_console_output


def association(self):
    # moto says that every public address is the account's own; one that is no Elastic one is Amazon's.
    said = moto_association.fget(self)
    return said if not said or said.get("allocationId") else {**said, "ipOwnerId": "amazon"}


moto_association = NetworkInterface.association
NetworkInterface.association = property(association)


def every_instance():
    for regions in list(ec2_backends.values()):
        for backend in list(regions.values()):
            yield from backend.all_instances()


def set_machine(request, full_url, headers):
    wish = json.loads(request.data)
    instance = next(one for one in every_instance() if one.id == wish["instanceId"])
    if "privateIp" in wish:
        nic = instance.nics[0]
        nic.private_ip_address = wish["privateIp"]
        nic.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": wish["privateIp"]}]
    if "launchedSecondsAgo" in wish:
        instance.launch_time = utcnow() - timedelta(seconds=wish["launchedSecondsAgo"])
    if "console" in wish:
        consoles[instance.id] = wish["console"]
    if "lentPublicIp" in wish:
        instance.nics[0].public_ip = wish["lentPublicIp"]
    if wish.get("isStopProtected"):
        stop_protected.add(instance.id)
    return 200, {}, ""


def keys(request, full_url, headers):
    if request.method == "POST":
        for one in pushed:
            one["at"] -= json.loads(request.data)["ageSeconds"]
        return 200, {}, ""
    asked = parse_qs(urlparse(full_url).query)
    now = time.monotonic()
    serving = [
        one["key"]
        for one in pushed
        if now - one["at"] <= LIFE_SECONDS
        and [one["instanceId"]] == asked.get("instanceId")
        and [one["user"]] == asked.get("user")
    ]
    return 200, {"Content-Type": "text/plain"}, "".join(f"{key}\n" for key in serving)


url_paths["{0}/moto-api/lab/machine"] = set_machine
url_paths["{0}/moto-api/lab/keys"] = keys
