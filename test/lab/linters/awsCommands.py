"""Whether the AWS CLI has what commands of the docs name: one command a line on stdin, what is wrong on stdout.

OURS. Services, operations and options are those of botocore's models, which the CLI makes its commands of; what the CLI
has beyond them is listed here (docs.aws.amazon.com/cli, read 2026-11-29).
"""

import re
import sys

import botocore.session
from botocore import xform_name

OWN = {
    "s3": {"cp", "ls", "rm", "sync"},
    "cloudformation": {"deploy", "package"},
    "configure": {"get", "list", "sso"},
}
ALIASES = {"s3api": "s3"}
GLOBAL = {"query", "output", "region", "profile"}
OWN_OPTIONS = {
    "authorize-security-group-ingress": {"protocol", "port", "cidr", "source-group"},
    "revoke-security-group-ingress": {"protocol", "port", "cidr", "source-group"},
}

session = botocore.session.get_session()
services = set(session.get_available_services())


def objection(command):
    words = command.split()[1:]
    service, name = (words + ["", ""])[:2]
    service = ALIASES.get(service, service)
    if name in OWN.get(service, ()):
        return None
    if service not in services:
        return f"there is no service {service}"
    model = session.get_service_model(service)
    operations = {xform_name(one, "-"): one for one in model.operation_names}
    if name not in operations:
        return f"{service} has no {name}"
    shape = model.operation_model(operations[name]).input_shape
    options = {xform_name(one, "-") for one in shape.members} if shape else set()
    asked = [option for option in re.findall(r"(?<=\s)--([a-z][a-z0-9-]*)", command)]
    known = options | GLOBAL | OWN_OPTIONS.get(name, set())
    wrong = [one for one in asked if one not in known and one.removeprefix("no-") not in known]
    return f"{name} has no --{', --'.join(wrong)}" if wrong else None


for line in sys.stdin.read().splitlines():
    found = objection(line)
    if found is not None:
        print(f"{line}: {found}")
