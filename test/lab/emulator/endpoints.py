"""Client VPN for the lab's AWS. OURS: moto 5.2.1 knows no call of it. Written from the published EC2 API model.

What is here proves our code against our reading of that model, not against AWS.

Facts (EC2 API model, botocore of November 2026):
- an endpoint is `pending-associate` until a subnet is associated, then `available`; `DnsName` begins with `*.`;
- an association is `associating` for minutes, then `associated`; here at once;
- every list takes MaxResults 5 to 1000 and goes on by NextToken; counters of a connection are text;
- rules and routes are lists of an endpoint; here every endpoint lets everybody in;
- an endpoint that is not there answers `InvalidClientVpnEndpointId.NotFound`.

The store is plain dictionaries in the API's own spelling: `endpoints[account][region][id]`. Another file may keep what
is its own under a key that begins with `_` (a list that was imported, for example), which never reaches an answer.

Control (JSON, POST):
  /moto-api/lab/endpoint   {"region", "endpointId", ...}    merges the rest into the endpoint, in the API's spelling;
                           "_sessions": [...] and "_associations": [...] replace its lists
"""

import json
import secrets
from collections import defaultdict

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.moto_api._internal.urls import url_paths

endpoints = defaultdict(lambda: defaultdict(dict))


def endpoints_of(response):
    return endpoints[response.current_account][response.region]


def endpoint_of(response):
    """The endpoint that the request names, or EC2's error."""
    wanted = response._get_param("ClientVpnEndpointId")
    found = endpoints_of(response).get(wanted)
    if found is None:
        raise EC2ClientError("InvalidClientVpnEndpointId.NotFound", f"Endpoint {wanted} does not exist")
    return found


def shown(thing):
    return {key: value for key, value in thing.items() if not key.startswith("_")}


def page(response, things):
    """One page of them, and where the next begins."""
    wanted = response._get_param("MaxResults")
    if wanted is not None and not 5 <= int(wanted) <= 1000:
        raise EC2ClientError("InvalidParameterValue", f"Value ( {wanted} ) for parameter maxResults is invalid.")
    start = int(response._get_param("NextToken") or 0)
    end = start + int(wanted or 1000)
    return things[start:end], str(end) if end < len(things) else None


def create_client_vpn_endpoint(self):
    endpoint_id = f"cvpn-endpoint-{secrets.token_hex(9)[:17]}"
    tags = (self._get_param("TagSpecifications") or [{}])[0].get("Tags", [])
    options = self._get_param("ClientConnectOptions") or {}
    endpoint = {
        "ClientVpnEndpointId": endpoint_id,
        "Description": self._get_param("Description") or "",
        "Status": {"Code": "pending-associate"},
        "DnsName": f"*.{endpoint_id}.prod.clientvpn.{self.region}.amazonaws.com",
        "ClientCidrBlock": self._get_param("ClientCidrBlock"),
        "VpnProtocol": "openvpn",
        "TransportProtocol": self._get_param("TransportProtocol") or "udp",
        "VpnPort": int(self._get_param("VpnPort") or 443),
        "AuthenticationOptions": [
            {"Type": one["Type"]} for one in self._get_param("AuthenticationOptions") or []
        ],
        "ClientConnectOptions": {"Enabled": str(options.get("Enabled", "false")).lower() == "true"},
        "Tags": tags,
        "SplitTunnel": str(self._get_param("SplitTunnel") or "false").lower() == "true",
        "ConnectionLogOptions": {"Enabled": True},
        "SessionTimeoutHours": 24,
        "_associations": [],
        "_sessions": [],
        "_rules": [{"DestinationCidr": "0.0.0.0/0", "AccessAll": True, "Status": {"Code": "active"}}],
    }
    endpoints_of(self)[endpoint_id] = endpoint
    return ActionResult(
        {key: endpoint[key] for key in ("ClientVpnEndpointId", "Status", "DnsName")}
    )


def delete_client_vpn_endpoint(self):
    endpoint = endpoint_of(self)
    del endpoints_of(self)[endpoint["ClientVpnEndpointId"]]
    return ActionResult({"Status": {"Code": "deleting"}})


def describe_client_vpn_endpoints(self):
    wanted = self._get_param("ClientVpnEndpointIds") or []
    things = [
        shown(one)
        for key, one in sorted(endpoints_of(self).items())
        if not wanted or key in wanted
    ]
    some, token = page(self, things)
    return ActionResult({"ClientVpnEndpoints": some, "NextToken": token})


def associate_client_vpn_target_network(self):
    endpoint = endpoint_of(self)
    subnet_id = self._get_param("SubnetId")
    subnet = self.ec2_backend.get_subnet(subnet_id)
    association = {
        "AssociationId": f"cvpn-assoc-{secrets.token_hex(9)[:17]}",
        "ClientVpnEndpointId": endpoint["ClientVpnEndpointId"],
        "TargetNetworkId": subnet_id,
        "VpcId": subnet.vpc_id,
        "Status": {"Code": "associated"},
    }
    endpoint["_associations"].append(association)
    endpoint["Status"] = {"Code": "available"}
    return ActionResult({key: association[key] for key in ("AssociationId", "Status")})


def disassociate_client_vpn_target_network(self):
    endpoint = endpoint_of(self)
    wanted = self._get_param("AssociationId")
    left = [one for one in endpoint["_associations"] if one["AssociationId"] != wanted]
    if len(left) == len(endpoint["_associations"]):
        raise EC2ClientError("InvalidClientVpnAssociationIdNotFound", f"Association {wanted} does not exist")
    endpoint["_associations"] = left
    if not left:
        endpoint["Status"] = {"Code": "pending-associate"}
    return ActionResult({"AssociationId": wanted, "Status": {"Code": "disassociating"}})


def describe_client_vpn_target_networks(self):
    some, token = page(self, endpoint_of(self)["_associations"])
    return ActionResult({"ClientVpnTargetNetworks": some, "NextToken": token})


def describe_client_vpn_routes(self):
    # AWS adds the route of the VPC with each association.
    routes = [
        {
            "ClientVpnEndpointId": one["ClientVpnEndpointId"],
            "DestinationCidr": self.ec2_backend.get_vpc(one["VpcId"]).cidr_block,
            "TargetSubnet": one["TargetNetworkId"],
            "Type": "Nat",
            "Origin": "associate",
            "Status": {"Code": "active"},
        }
        for one in endpoint_of(self)["_associations"]
        if "VpcId" in one
    ]
    some, token = page(self, routes)
    return ActionResult({"Routes": some, "NextToken": token})


def describe_client_vpn_authorization_rules(self):
    some, token = page(self, endpoint_of(self)["_rules"])
    return ActionResult({"AuthorizationRules": some, "NextToken": token})


def describe_client_vpn_connections(self):
    some, token = page(self, endpoint_of(self)["_sessions"])
    return ActionResult({"Connections": some, "NextToken": token})


for action in (
    create_client_vpn_endpoint,
    delete_client_vpn_endpoint,
    describe_client_vpn_endpoints,
    associate_client_vpn_target_network,
    disassociate_client_vpn_target_network,
    describe_client_vpn_target_networks,
    describe_client_vpn_connections,
    describe_client_vpn_routes,
    describe_client_vpn_authorization_rules,
):
    setattr(EC2Response, action.__name__, action)


def set_endpoint(request, full_url, headers):
    wish = json.loads(request.data)
    region, endpoint_id = wish.pop("region"), wish.pop("endpointId")
    for account in list(endpoints):
        if endpoint_id in endpoints[account][region]:
            endpoints[account][region][endpoint_id].update(wish)
            return 200, {}, ""
    return 404, {}, "no such endpoint"


url_paths["{0}/moto-api/lab/endpoint"] = set_endpoint
