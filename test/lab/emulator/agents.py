"""Run Command of Systems Manager, for the lab's AWS. OURS: moto 5.2.1 takes a command and hands it to no agent.

What is here proves our code against our reading of the API, not against AWS.

Facts: a value that a parameter's allowedPattern does not match is InvalidParameters, an instance without an agent that is
online InvalidInstanceId, an unknown document InvalidDocument; an invocation that is not there yet
InvocationDoesNotExist; the first 24,000 characters of a step's output are kept; a command that no agent has begun within
TimeoutSeconds (30 at least) is TimedOut (Systems Manager API reference, SendCommand and GetCommandInvocation, read
2026-11-29).

Control, ours as well:
  /moto-api/lab/document  POST {"name", "content"}  a document, as CloudFormation makes it
  /moto-api/lab/agent   GET ?instanceId=&platform=   an agent reports in; the answer is its next command, or null
  /moto-api/lab/agent   POST {"commandId", "exitCode", "out", "err"}   the end of a command
"""

import json
import re
import time
import uuid
from urllib.parse import parse_qs, urlparse

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.moto_api._internal.urls import url_paths
from moto.ssm.responses import SimpleSystemManagerResponse

ONLINE_SECONDS = 5
OUTPUT_MAX = 24_000
agents: dict[str, dict] = {}
commands: dict[str, dict] = {}
documents: dict[str, dict] = {}


class Refused(ServiceException):
    def __init__(self, name, message=""):
        super().__init__(name, message or name)


def ping_status(agent):
    return "Online" if time.monotonic() - agent["seenAt"] <= ONLINE_SECONDS else "ConnectionLost"


def describe_instance_information(self):
    wanted = [
        one
        for each in json.loads(self.body).get("Filters") or []
        if each["Key"] == "InstanceIds"
        for one in each["Values"]
    ]
    listed = [
        {"InstanceId": instance_id, "PingStatus": ping_status(agent), "PlatformType": agent["platform"]}
        for instance_id, agent in agents.items()
        if not wanted or instance_id in wanted
    ]
    return ActionResult({"InstanceInformationList": listed})


def send_command(self):
    wish = json.loads(self.body)
    content = documents.get(wish["DocumentName"])
    if content is None:
        raise Refused("InvalidDocument", wish["DocumentName"])
    given = {name: values[0] for name, values in (wish.get("Parameters") or {}).items()}
    values = {}
    for name, parameter in content["parameters"].items():
        value = given.pop(name, parameter.get("default"))
        if value is None or not re.search(parameter["allowedPattern"], value):
            raise Refused("InvalidParameters", name)
        values[name] = value
    if given or int(wish.get("TimeoutSeconds", 3_600)) < 30:
        raise Refused("InvalidParameters")
    [instance_id] = wish["InstanceIds"]
    if instance_id not in agents or ping_status(agents[instance_id]) != "Online":
        raise Refused("InvalidInstanceId", instance_id)
    [step] = content["mainSteps"]
    is_meant = step["precondition"]["StringEquals"] == ["platformType", agents[instance_id]["platform"]]
    script = "\n".join(step["inputs"]["runCommand"] if is_meant else [])
    for name, value in values.items():
        script = script.replace("{{ " + name + " }}", value)
    command_id = str(uuid.uuid4())
    commands[command_id] = {
        "instanceId": instance_id,
        "script": script + "\n",
        "status": "Pending",
        "out": "",
        "err": "",
    }
    return ActionResult({"Command": {"CommandId": command_id, "Status": "Pending"}})


def get_command_invocation(self):
    command = commands.get(json.loads(self.body)["CommandId"])
    if command is None or command["instanceId"] != json.loads(self.body)["InstanceId"]:
        raise Refused("InvocationDoesNotExist")
    return ActionResult(
        {
            "CommandId": json.loads(self.body)["CommandId"],
            "InstanceId": command["instanceId"],
            "Status": command["status"],
            "StatusDetails": command["status"],
            "StandardOutputContent": command["out"][:OUTPUT_MAX],
            "StandardErrorContent": command["err"][:8_000],
        }
    )


SimpleSystemManagerResponse.describe_instance_information = describe_instance_information
SimpleSystemManagerResponse.send_command = send_command
SimpleSystemManagerResponse.get_command_invocation = get_command_invocation


def agent(request, full_url, headers):
    if request.method == "POST":
        end = json.loads(request.data)
        status = "Success" if end["exitCode"] == 0 else "Failed"
        commands[end["commandId"]].update(status=status, out=end["out"], err=end["err"])
        return 200, {}, ""
    asked = {name: values[0] for name, values in parse_qs(urlparse(full_url).query).items()}
    agents[asked["instanceId"]] = {"platform": asked["platform"], "seenAt": time.monotonic()}
    for command_id, command in commands.items():
        if command["status"] == "Pending" and command["instanceId"] == asked["instanceId"]:
            command["status"] = "InProgress"
            return 200, {}, json.dumps({"commandId": command_id, "script": command["script"]})
    return 200, {}, "null"


def document(request, full_url, headers):
    wish = json.loads(request.data)
    documents[wish["name"]] = wish["content"]
    return 200, {}, ""


url_paths["{0}/moto-api/lab/agent"] = agent
url_paths["{0}/moto-api/lab/document"] = document
