"""The lab's AWS: moto 5.2.1, with what vpn-medic's tests need and moto lacks. This launcher is OURS, not moto's.

Everything added here proves our code against our reading of the API, not against AWS. Each addition stands beside the
fact it rests on. Private names of moto are replaced: hence the pin in requirements.txt.

Usage: python launch.py -H 127.0.0.1 -p PORT
Control, ours as well (JSON, POST):
  /moto-api/lab/status  {"instanceId", "system"?, "instance"?, "attachedEbs"?}   a status check's word; "ok" heals
  /moto-api/lab/zone    {"zone", "disrupted"}                                    a zone that fails DescribeInstances
"""

import json
import os
import sys
import threading

import addresses  # noqa: F401  (puts Elastic addresses on any private address)
import agents  # noqa: F401  (adds Run Command)
import connections  # noqa: F401  (adds what Site-to-Site VPN lacks)
import directConnect  # noqa: F401  (adds an account without virtual interfaces)
import crlLists  # noqa: F401  (adds the lists of Client VPN as it is loaded)
import endpoints  # noqa: F401  (adds Client VPN as it is loaded)
import policySimulator  # noqa: F401  (adds the policy simulator)
import quick  # noqa: F401  (answers quickly what moto answers slowly)
import repair  # noqa: F401  (adds Instance Connect and what a repair reads)
import moto.server
import stacks  # noqa: F401  (adds types of CloudFormation resource)
import transitGateways  # noqa: F401  (adds static routes that know their attachment)
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, RouteAlreadyExistsError
from moto.ec2.models.instances import Instance
from moto.ec2.models.route_tables import Route, RouteBackend, RouteTable
from moto.ec2.responses import EC2Response
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.route_tables import RouteTables
from moto.moto_api._internal.urls import url_paths

CHECKS = ("system", "instance", "attachedEbs")
impaired: dict[str, dict[str, str]] = {}
disrupted_zones: set[str] = set()

# Status checks.
# Fact: "SystemStatus, InstanceStatus, AttachedEbsStatus -> .Status = ok|impaired|insufficient-data|not-applicable|
# initializing" (EC2 API model, DescribeInstanceStatus). moto knows only ok and not-applicable, and no AttachedEbsStatus.


def check_of(name):
    def status(self):
        if self.state_code != 16:
            return {"Status": "not-applicable"}
        word = impaired.get(self.id, {}).get(name, "ok")
        reachability = {"ok": "passed", "impaired": "failed"}.get(word, word)
        return {"Details": [{"Name": "reachability", "Status": reachability}], "Status": word}

    return property(status)


Instance.system_status = check_of("system")
Instance.instance_status = check_of("instance")
Instance.attached_ebs_status = check_of("attachedEbs")

# Routes.
# Fact: State `blackhole` = target not available (EC2 API model); in practice only at `stopped` and `terminated`
# (third party: bobtfish/AWSnycast#21). moto always answers `active`.
# Fact: a route shows InstanceId, InstanceOwnerId and NetworkInterfaceId together; a blackhole route may lose its
# InstanceId (both unconfirmed; the sample reply of the API reference shows the three fields).


def carrier_of(route):
    return route.instance or (route.interface.instance if route.interface else None)


def is_blackhole(route):
    if not route.instance and not route.interface:
        return False
    carrier = carrier_of(route)
    if carrier is None or carrier.state in ("stopped", "terminated"):
        return True
    return route.interface is not None and route.interface.id not in route.route_table.ec2_backend.enis


def shown_instance_id(route):
    carrier = carrier_of(route)
    return None if carrier is None or is_blackhole(route) else carrier.id


def shown_interface_id(route):
    if route.interface:
        return route.interface.id
    return route.instance.nics[0].id if route.instance and route.instance.nics else None


Route.state = property(lambda self: "blackhole" if is_blackhole(self) else "active")
Route.instance_id = property(shown_instance_id)
Route.instance_owner_id = property(
    lambda self: self.route_table.owner_id if shown_instance_id(self) else None
)
Route.network_interface_id = property(shown_interface_id)

moto_create_route = RouteBackend.create_route


def create_route(self, route_table_id, destination_cidr_block, *rest, **named):
    """A second CreateRoute of one destination is refused, as EC2 does; moto overwrites when the target is an ENI."""
    ipv6 = rest[0] if rest else named.get("destination_ipv6_cidr_block")
    prefix_list_id = rest[1] if len(rest) > 1 else named.get("destination_prefix_list_id")
    destination = destination_cidr_block or ipv6 or prefix_list_id
    table = self.get_route_table(route_table_id)
    if f"{route_table_id}~{destination}" in table._routes:
        raise RouteAlreadyExistsError(destination)
    route = moto_create_route(self, route_table_id, destination_cidr_block, *rest, **named)
    if prefix_list_id and route.destination_prefix_list is None:
        # moto forgets the prefix list when the target is an ENI.
        del table._routes[route.id]
        route.destination_prefix_list = self.managed_prefix_lists[prefix_list_id]
        route.id = f"{route_table_id}~{prefix_list_id}"
        table._routes[route.id] = route
    return route


RouteBackend.create_route = create_route

moto_table_filter = RouteTable.get_filter_value


def table_filter(self, filter_name, method_name=None):
    if filter_name == "route.network-interface-id":
        return [r.network_interface_id for r in self._routes.values() if r.network_interface_id]
    if filter_name == "route.state":
        return [r.state for r in self._routes.values()]
    return moto_table_filter(self, filter_name, method_name)


RouteTable.get_filter_value = table_filter

# Fact: DescribeRouteTables, MaxResults 5..100, paginate (EC2 API model). moto answers everything in one page.
PAGE_MAX = 100
moto_describe_route_tables = RouteTables.describe_route_tables


def describe_route_tables(self):
    wanted = self._get_param("MaxResults")
    if wanted is not None and not 5 <= int(wanted) <= PAGE_MAX:
        raise EC2ClientError("InvalidParameterValue", f"Value ( {wanted} ) for parameter maxResults is invalid.")
    tables = moto_describe_route_tables(self)._result["RouteTables"]
    start = int(self._get_param("NextToken", "0"))
    end = start + int(wanted or PAGE_MAX)
    return ActionResult(
        {"RouteTables": tables[start:end], "NextToken": str(end) if end < len(tables) else None}
    )


EC2Response.describe_route_tables = describe_route_tables

# The zone hazard.
# Fact: "in the rare case where an Availability Zone is experiencing a service disruption and you specify instance IDs
# that are in the affected zone, or do not specify any instance IDs at all, the call fails" (EC2 API model,
# DescribeInstances; assumed of DescribeInstanceStatus too). The error's code is not documented: `Unavailable` is ours.


def in_sight_of_disruption(describe):
    def guarded(self):
        ids = self._get_param("InstanceIds", [])
        named = self.ec2_backend.get_multi_instances_by_id(ids) if ids else []
        zones = {instance._placement.zone for instance in named}
        if disrupted_zones and (not ids or zones & disrupted_zones):
            raise EC2ClientError("Unavailable", "The server is overloaded and can't handle the request.")
        return describe(self)

    return guarded


EC2Response.describe_instances = in_sight_of_disruption(InstanceResponse.describe_instances)
EC2Response.describe_instance_status = in_sight_of_disruption(InstanceResponse.describe_instance_status)


# Control.


def set_status(request, full_url, headers):
    wish = json.loads(request.data)
    impaired.setdefault(wish["instanceId"], {}).update({c: wish[c] for c in CHECKS if c in wish})
    return 200, {}, ""


def set_zone(request, full_url, headers):
    wish = json.loads(request.data)
    (disrupted_zones.add if wish["disrupted"] else disrupted_zones.discard)(wish["zone"])
    return 200, {}, ""


url_paths["{0}/moto-api/lab/status"] = set_status
url_paths["{0}/moto-api/lab/zone"] = set_zone


def end_with_parent():
    """The emulator lives no longer than whoever started it: the end of its standard input is its own."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    moto.server.main(sys.argv[1:])
